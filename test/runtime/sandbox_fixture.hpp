#pragma once

#include <riva/runtime/sandbox.hpp>

#include <filesystem>
#include <string>

namespace riva::test {

bool has_bubblewrap();

sandbox_command script(const std::filesystem::path& root, std::string text);

/// Runs a command to its end in the given sandbox, or in a bubblewrap sandbox of its own.
result<process_exit> run_in(sandbox_command command, sandbox& where);
result<process_exit> run_in(sandbox_command command, deadline by = {});

/// Standard output of a script that may fail.
std::string run_script(const std::filesystem::path& root, std::string text);

}  // namespace riva::test

#define SKIP_WITHOUT_BUBBLEWRAP()                                    \
    if (!riva::test::has_bubblewrap()) {                             \
        WARN("skipped: there is no /usr/bin/bwrap on this machine"); \
        return;                                                      \
    }                                                                \
    static_assert(true)
