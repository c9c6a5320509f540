#pragma once

#include <riva/runtime/error.hpp>
#include <riva/runtime/event.hpp>

namespace riva::cli {

/// The exit status of `riva`: what scripts rely on.
enum class exit_code {
    verified = 0,
    internal = 1,
    usage = 2,
    failed = 3,
    unverified = 4,
    limit = 5,
    denied = 6,
    no_sandbox = 7,
    provider = 75,
    deadline = 124,
    interrupted = 130,
    terminated = 143,
};

exit_code exit_code_of(const events::run_result& result);

/// Of a run that could not start.
exit_code exit_code_of(const error& e);

}  // namespace riva::cli
