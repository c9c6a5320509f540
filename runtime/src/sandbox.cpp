#include <riva/runtime/sandbox.hpp>

#include "bubblewrap.hpp"
#include "sandbox_folders.hpp"

#include <cstdlib>
#include <utility>

namespace riva {
namespace {

// The one of the distribution: a copy elsewhere lacks what lets it make namespaces on some systems.
constexpr const char* bubblewrap_program = "/usr/bin/bwrap";

std::string variable(const std::string& name, const std::string& otherwise) {
    const char* value = std::getenv(name.c_str());
    return name + "=" + (value != nullptr ? value : otherwise);
}

class open_sandbox final : public sandbox {
public:
    asio::awaitable<result<process_exit>> run(sandbox_command command, deadline by) override {
        const auto folders = resolve_folders(command);
        if (!folders) co_return folders.error();
        process_request request;
        request.argv = std::move(command.argv);
        request.directory = folders->cwd;
        request.environment = environment_;
        request.input = std::move(command.input);
        request.keep = command.keep;
        request.flood = command.flood;
        co_return co_await run_process(std::move(request), by);
    }

    std::string description() const override {
        return "none: commands run as the user, with the user's files and network; only the "
               "environment is scrubbed";
    }

private:
    const std::vector<std::string> environment_{
        variable("PATH", "/usr/local/bin:/usr/bin:/bin"),
        variable("HOME", "/"),
        "LANG=C.UTF-8",
        "TERM=dumb",
        "TMPDIR=/tmp",
        "PAGER=cat",
        "GIT_PAGER=cat",
        "GIT_TERMINAL_PROMPT=0",
        "PYTHONDONTWRITEBYTECODE=1",
    };
};

}  // namespace

std::unique_ptr<sandbox> make_bubblewrap_sandbox() {
    return make_bubblewrap_sandbox(bubblewrap_program);
}

asio::awaitable<result<void>> probe_bubblewrap(deadline by) {
    return probe_bubblewrap(bubblewrap_program, by);
}

std::unique_ptr<sandbox> make_open_sandbox() {
    return std::make_unique<open_sandbox>();
}

}  // namespace riva
