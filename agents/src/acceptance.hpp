#pragma once

#include "run_context.hpp"

#include <riva/runtime/intention.hpp>
#include <riva/runtime/workspace.hpp>
#include <riva/verify/check_graph.hpp>

#include <memory>
#include <string>
#include <vector>

namespace riva::agents {

/// What the checks of a change came to.
struct verification {
    std::vector<evidence> found;
    verdict result = verdict::indeterminate;
    /// The acceptance itself was checked, not only that the change can be parsed.
    bool acceptance_checked = false;
    evidence_grade grade = evidence_grade::none;
};

/// How much of an intention is checked.
enum class extent {
    syntax,      ///< the changed files can be parsed
    change,      ///< and say something that makes sense
    acceptance,  ///< and the acceptance holds
};

/// What the acceptance consists of: of the root the checks of the user, or without any the tests of
/// the repository; of a part the check planned for it. Reads files, as `verify::repository_tests`.
std::vector<std::shared_ptr<verify::check>> acceptance_checks(
    run_context& run, const intention& it, bool root, const workspace& tree
);

/// Whether a check was one of the acceptance, rather than of the changes alone.
bool is_acceptance(const evidence& e);

/// Runs the checks on the tree as it is. The acceptance of the root is the checks of the user, or
/// without any the tests of the repository; that of a part is the check planned for it. If
/// the actor changed tests, the acceptance of the root must hold with the tests as they were before
/// too; otherwise it is `indeterminate`. What checks leave behind in the tree is rolled back.
/// Cancellation: terminal; leaves no process.
asio::awaitable<result<verification>> verify_tree(
    run_context& run,
    const intention& it,
    bool root,
    workspace& tree,
    std::vector<std::string> changed,
    extent how_much
);

/// How many checks run at once, and for how long each: the same for all graphs of a run.
verify::graph_options graph_bounds(const run_context& run);

/// The result of checks that may include some of the acceptance. What could not be parsed for want
/// of a tool does not count against an acceptance that was executed.
verification conclude(std::vector<evidence> found);

}  // namespace riva::agents
