#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/verdict.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

/// Group testing: many changes are verified at once, and a failure is traced to what caused it.
namespace riva::verify {

/// What verifications have shown so far.
struct failure_record {
    std::int64_t passed = 0;
    std::int64_t failed = 0;

    /// Mean of the posterior with the prior Beta(1, 9): one in ten fails until more is known.
    double rate() const {
        return (static_cast<double>(failed) + 1) / (static_cast<double>(passed + failed) + 10);
    }
};

/// How many changes to verify at once, from 1 to `most`, when each fails with the probability
/// `rate` (0 to 1). Minimises the tests for each, 1/k + 1 - (1 - rate)^k for k > 1 (R. Dorfman, The
/// detection of defective members of large populations, 1943); 1 where testing each is cheaper.
std::size_t best_batch_size(double rate, std::size_t most);

/// What a batch says of one of its items.
enum class batch_finding {
    passed,
    culprit,  ///< fails alone, or as the first of a sequence
    interaction,  ///< fails together with others, of which any fewer pass
    unknown,  ///< nothing was found out about it
};

struct batch_result {
    std::vector<batch_finding> items;
    /// What fails only together, two positions or more each.
    std::vector<std::vector<std::size_t>> interactions;
    /// What stopped the search, such as `infra_error`; `pass` or `fail` when all is known.
    verdict result = verdict::pass;
    std::size_t tests = 0;  ///< how often the test was asked

    friend bool operator==(const batch_result&, const batch_result&) = default;
};

/// Verifies items of which any set can be tested by itself: positions, ascending, at least one.
/// Takes one test if all pass, and for each culprit at most log2(count) + 3. What passes has passed
/// in one test together with all else that passes. A failure is traced to a smallest set that
/// fails (U. Junker, QuickXplain, 2004), which assumes that adding an item mends nothing.
///
/// A verdict other than `pass` and `fail` ends the search; what is not known then stays `unknown`.
/// Cancellation: that of the test. What the test throws passes through.
asio::awaitable<batch_result> verify_batch(
    std::size_t count, std::function<asio::awaitable<verdict>(std::vector<std::size_t>)> test
);

/// Verifies items each of which builds on those before it, so that only the state after the first
/// n, from 1 to `count`, can be tested. Takes one test if the last state passes, otherwise at most
/// log2(count) + 1 in all; what comes after the culprit is `unknown`. `count` is at least 1.
/// Everything else is as with `verify_batch`.
asio::awaitable<batch_result> verify_sequence(
    std::size_t count, std::function<asio::awaitable<verdict>(std::size_t)> test
);

std::string_view to_string(batch_finding finding);

}  // namespace riva::verify
