#pragma once

#include "catch.hpp"
#include "run.hpp"

#include <riva/runtime/sandbox.hpp>
#include <riva/verify/check.hpp>

#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>

namespace riva::test {

/// The sandbox of this machine, or none with the reason printed.
inline sandbox* real_sandbox() {
    static const std::unique_ptr<sandbox> box = [] {
        result<void> works = error{};
        run([&]() -> asio::awaitable<void> {
            works = co_await probe_bubblewrap(deadline::in(std::chrono::seconds(20)));
        });
        if (!works) WARN("skipped, no sandbox: " << works.error().context);
        return works ? make_bubblewrap_sandbox() : nullptr;
    }();
    return box.get();
}

/// Whether isolated commands find these programs; prints the first that is missing.
inline bool have(std::initializer_list<const char*> tools) {
    for (const char* tool : tools)
        if (!std::filesystem::exists(std::filesystem::path("/usr/bin") / tool)) {
            WARN("skipped, not installed: " << tool);
            return false;
        }
    return true;
}

inline evidence judge(
    verify::check& what,
    const std::filesystem::path& root,
    std::chrono::milliseconds patience = std::chrono::seconds(60)
) {
    evidence found;
    run([&]() -> asio::awaitable<void> {
        const verify::check_input input{root, {}, "tree hash"};
        found = co_await what.run(input, deadline::in(patience));
    });
    return found;
}

}  // namespace riva::test
