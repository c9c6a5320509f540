#include <riva/verify/batch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace riva::verify {
namespace {

using item_set = std::vector<std::size_t>;

bool decides(verdict v) {
    return v == verdict::pass || v == verdict::fail;
}

/// Looks for all that fails among items that can be tested in any set.
class set_search {
public:
    set_search(std::size_t count, std::function<asio::awaitable<verdict>(item_set)> test)
        : test_(std::move(test)) {
        found_.items.assign(count, batch_finding::unknown);
    }

    asio::awaitable<batch_result> run() {
        item_set left(found_.items.size());
        std::iota(left.begin(), left.end(), std::size_t{0});
        bool failed = false;
        while (!left.empty()) {
            const verdict all = co_await ask(left);
            if (all == verdict::pass) {
                for (const std::size_t i : left) found_.items[i] = batch_finding::passed;
                break;
            }
            if (all == verdict::fail) failed = true;
            const item_set fails = all == verdict::fail ? co_await smallest_failure(left) : left;
            if (!decides(found_.result)) co_return std::move(found_);
            name(fails);
            std::erase_if(left, [&](std::size_t i) {
                return found_.items[i] != batch_finding::unknown;
            });
        }
        found_.result = failed ? verdict::fail : verdict::pass;
        co_return std::move(found_);
    }

private:
    /// Asks once about each set. What does not decide is kept as the result of the search.
    asio::awaitable<verdict> ask(item_set items) {
        std::sort(items.begin(), items.end());
        const auto known = known_.find(items);
        if (known != known_.end()) co_return known->second;
        ++found_.tests;
        const verdict v = co_await test_(items);
        known_.emplace(std::move(items), v);
        if (!decides(v)) found_.result = v;
        co_return v;
    }

    /// A set that fails, of which nothing can be left out; `among` fails as a whole. Something that
    /// is no such set when a test did not decide.
    asio::awaitable<item_set> smallest_failure(item_set among) {
        item_set fails;
        while (!among.empty()) {
            // `fails` passes alone, and fails with `among`: which item turns it?
            std::size_t passing = 0, failing = among.size();
            while (failing - passing > 1) {
                const std::size_t middle = passing + (failing - passing) / 2;
                item_set some = fails;
                some.insert(
                    some.end(), among.begin(), among.begin() + static_cast<std::ptrdiff_t>(middle)
                );
                const verdict v = co_await ask(std::move(some));
                if (!decides(v)) co_return fails;
                (v == verdict::fail ? failing : passing) = middle;
            }
            fails.push_back(among[failing - 1]);
            among.resize(failing - 1);
            if (co_await ask(fails) != verdict::pass) break;
        }
        co_return fails;
    }

    void name(item_set fails) {
        const bool alone = fails.size() == 1;
        for (const std::size_t i : fails)
            found_.items[i] = alone ? batch_finding::culprit : batch_finding::interaction;
        if (alone) return;
        std::sort(fails.begin(), fails.end());
        found_.interactions.push_back(std::move(fails));
    }

    std::function<asio::awaitable<verdict>(item_set)> test_;
    std::map<item_set, verdict> known_;
    batch_result found_;
};

}  // namespace

std::size_t best_batch_size(double rate, std::size_t most) {
    std::size_t best = 1;
    double least = 1;  // one test for each
    for (std::size_t k = 2; k <= most; ++k) {
        const auto size = static_cast<double>(k);
        const double tests = 1 / size + 1 - std::pow(1 - rate, size);
        if (tests >= least) continue;
        least = tests;
        best = k;
    }
    return best;
}

asio::awaitable<batch_result> verify_batch(
    std::size_t count, std::function<asio::awaitable<verdict>(std::vector<std::size_t>)> test
) {
    set_search search(count, std::move(test));
    co_return co_await search.run();
}

asio::awaitable<batch_result> verify_sequence(
    std::size_t count, std::function<asio::awaitable<verdict>(std::size_t)> test
) {
    batch_result found;
    found.items.assign(count, batch_finding::unknown);
    const auto passed_until = [&](std::size_t n) {
        std::fill_n(found.items.begin(), n, batch_finding::passed);
    };
    found.tests = 1;
    found.result = co_await test(count);
    if (found.result == verdict::pass) passed_until(count);
    if (found.result != verdict::fail) co_return found;

    std::size_t passing = 0, failing = count;
    while (failing - passing > 1) {
        const std::size_t middle = passing + (failing - passing) / 2;
        ++found.tests;
        const verdict v = co_await test(middle);
        if (!decides(v)) {
            found.result = v;
            co_return found;
        }
        (v == verdict::fail ? failing : passing) = middle;
        passed_until(passing);
    }
    found.items[failing - 1] = batch_finding::culprit;
    co_return found;
}

std::string_view to_string(batch_finding finding) {
    switch (finding) {
        case batch_finding::passed: return "passed";
        case batch_finding::culprit: return "culprit";
        case batch_finding::interaction: return "interaction";
        case batch_finding::unknown: return "unknown";
    }
    return "unknown";
}

}  // namespace riva::verify
