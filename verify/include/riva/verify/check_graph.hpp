#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/verify/check.hpp>
#include <riva/verify/check_history.hpp>
#include <riva/verify/verdict_cache.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace riva::verify {

enum class graph_mode {
    stop_at_failure,  ///< the first `fail` that stands cancels what is running
    collect_all,      ///< every check runs to its end
};

struct graph_options {
    std::size_t cpu_width = 2;
    std::size_t io_width = 8;
    std::size_t model_width = 4;
    graph_mode mode = graph_mode::stop_at_failure;
    std::chrono::milliseconds check_timeout{60'000};  ///< for each check

    /// An executed behavioural check that fails and is not `pure` runs once more on the same input.
    /// If it passes then, it is flaky and says nothing: `indeterminate`. Otherwise the failure
    /// stands. Nothing becomes a pass this way, and until the failure stands the others go on.
    bool confirm_failures = true;

    /// Answers for checks that ran on this tree before, and learns from those that run. One that
    /// finds something else on the same tree is flaky: `indeterminate`. May be null. Outlives the
    /// graph.
    verdict_cache* cache = nullptr;

    /// Says which checks are likely to fail and what they cost, and learns. Null: what they declare
    /// counts. Outlives the graph.
    check_history* history = nullptr;

    /// Awaited before a check starts. May be empty.
    std::function<asio::awaitable<void>(const check_traits&)> on_started;

    /// Awaited when a check has ended and before anything that needs it starts; a check that runs
    /// twice starts and ends twice. Checks that never started are reported last, in the order
    /// declared. The decision of one check never cuts off the report about another. May be empty.
    std::function<asio::awaitable<void>(const evidence&)> on_ended;
};

/// Runs checks at once where their dependencies and the widths allow it; ready ones in order of
/// likelihood to fail per cost or, if all are to run, those first that the longest path waits for.
/// Returns one piece of evidence per check in the order given, whatever the timing: those not run
/// are `skipped` (a dependency did not pass, or a decisive failure came first). A check that ends
/// in `infra_error` runs once more, and so does a failure that is to be confirmed; none runs more
/// than twice. Unknown or circular dependencies and repeated ids are `indeterminate`. A check that
/// throws, or is not finished in time, is `infra_error`; a pass without a grade is `indeterminate`.
///
/// An exception of a callback cancels everything and passes through. Cancellation: every running
/// check is cancelled and awaited. Thread safety: call on a serial executor; callbacks for
/// different checks may overlap.
asio::awaitable<std::vector<evidence>> run_checks(
    std::vector<std::shared_ptr<check>> checks,
    check_input input,
    graph_options options,
    deadline by
);

}  // namespace riva::verify
