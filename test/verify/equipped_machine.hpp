#pragma once

#include "temporary_folder.hpp"

#include <riva/runtime/process.hpp>
#include <riva/runtime/sandbox.hpp>

#include <filesystem>
#include <string>
#include <utility>

namespace riva::test {

/// A machine without isolation, on which commands find the programs that were put there and those
/// of `others`, nothing else.
class equipped_machine final : public sandbox {
public:
    explicit equipped_machine(std::string others = "") : others_(std::move(others)) {
        std::filesystem::create_symlink("/bin/sh", programs_ / "sh");
    }

    /// Adds a program: a shell script.
    void add(const std::string& name, const std::string& script) const {
        const auto file = programs_.write(name, "#!/bin/sh\n" + script);
        std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    }

    asio::awaitable<result<process_exit>> run(sandbox_command command, deadline by) override {
        process_request request;
        request.argv = std::move(command.argv);
        request.directory = command.root;
        request.environment = {
            "PATH=" + programs_.path().string() + (others_.empty() ? "" : ":" + others_)
        };
        return run_process(std::move(request), by);
    }
    std::string description() const override { return "equipped"; }

private:
    temporary_folder programs_;
    std::string others_;
};

}  // namespace riva::test
