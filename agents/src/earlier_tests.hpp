#pragma once

#include "run_context.hpp"

#include <riva/runtime/workspace.hpp>
#include <riva/verify/check.hpp>

#include <memory>
#include <vector>

namespace riva::agents {

/// Makes the tests in the tree, and what steers their runners, what they were before the run. False
/// if they are unchanged, so that there is nothing to judge by once more. Tests that the actor
/// added are taken out, unless a check of the user names one of them: then they are what was asked
/// for. Errors: those of `workspace::changes` and of `apply`. Cancellation: may leave the tree half
/// restored.
asio::awaitable<result<bool>> restore_tests(run_context& run, workspace& tree);

/// The same checks for a tree with earlier tests. A failure there is `indeterminate`: perhaps the
/// tests had to change, and nothing but the actor says so. Without any check it is the actor's own
/// tests alone that speak for the change, which is `indeterminate` too.
std::vector<std::shared_ptr<verify::check>> by_earlier_tests(
    std::vector<std::shared_ptr<verify::check>> checks
);

}  // namespace riva::agents
