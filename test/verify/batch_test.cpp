#include <riva/verify/batch.hpp>

#include "catch.hpp"
#include "run.hpp"

#include <algorithm>
#include <iostream>
#include <random>
#include <set>

namespace riva::verify::test {
namespace {

using item_set = std::vector<std::size_t>;

/// Which sets fail: those that hold all of one of these.
struct fault_model {
    std::vector<item_set> faults;

    verdict test(const item_set& items) const {
        const bool fails = std::any_of(faults.begin(), faults.end(), [&](const item_set& fault) {
            return std::includes(items.begin(), items.end(), fault.begin(), fault.end());
        });
        return fails ? verdict::fail : verdict::pass;
    }
};

batch_result search(std::size_t count, std::function<verdict(const item_set&)> ask) {
    batch_result found;
    const auto test = [&](item_set items) -> asio::awaitable<verdict> {
        REQUIRE(!items.empty());
        REQUIRE(std::is_sorted(items.begin(), items.end()));
        co_return ask(items);
    };
    const auto body = [&]() -> asio::awaitable<void> {
        found = co_await verify_batch(count, test);
    };
    riva::test::run(body);
    return found;
}

batch_result search(std::size_t count, const fault_model& model) {
    return search(count, [&](const item_set& items) { return model.test(items); });
}

batch_result walk(std::size_t count, std::function<verdict(std::size_t)> ask) {
    batch_result found;
    const auto test = [&](std::size_t n) -> asio::awaitable<verdict> { co_return ask(n); };
    const auto body = [&]() -> asio::awaitable<void> {
        found = co_await verify_sequence(count, test);
    };
    riva::test::run(body);
    return found;
}

std::size_t log2_of(std::size_t n) {
    std::size_t bits = 0;
    while ((std::size_t{1} << bits) < n) ++bits;
    return bits;
}

}  // namespace

TEST_CASE("a batch whose items all pass takes one test", "[batch]") {
    const auto found = search(32, fault_model{});
    CHECK(found.tests == 1);
    CHECK(found.result == verdict::pass);
    CHECK(found.items == std::vector(32, batch_finding::passed));
}

TEST_CASE("a batch without items takes no test", "[batch]") {
    CHECK(search(0, fault_model{}).tests == 0);
    CHECK(search(0, fault_model{}).result == verdict::pass);
}

TEST_CASE("thirty-two items with one failure take at most twelve tests", "[batch]") {
    std::size_t most = 0;
    for (std::size_t culprit = 0; culprit < 32; ++culprit) {
        const auto found = search(32, fault_model{{{culprit}}});
        std::vector expected(32, batch_finding::passed);
        expected[culprit] = batch_finding::culprit;
        CHECK(found.items == expected);
        CHECK(found.result == verdict::fail);
        CHECK(found.interactions.empty());
        most = std::max(most, found.tests);
    }
    std::cout << "32 items with one failure: at most " << most << " tests\n";
    CHECK(most <= 12);
}

TEST_CASE("items that fail only together are an interaction", "[batch]") {
    const auto found = search(16, fault_model{{{3, 11}}});
    CHECK(found.interactions == std::vector<item_set>{{3, 11}});
    for (std::size_t i = 0; i < 16; ++i)
        CHECK(
            found.items[i] ==
            (i == 3 || i == 11 ? batch_finding::interaction : batch_finding::passed)
        );
}

TEST_CASE("any mixture of culprits and interactions is told apart", "[batch]") {
    const unsigned seed = std::random_device{}();
    std::cout << "batch_test seed " << seed << "\n";
    std::mt19937 random(seed);
    for (int round = 0; round < 500; ++round) {
        const std::size_t count = 1 + random() % 40;
        item_set order(count);
        for (std::size_t i = 0; i < count; ++i) order[i] = i;
        std::shuffle(order.begin(), order.end(), random);
        fault_model model;
        std::vector expected(count, batch_finding::passed);
        std::size_t used = 0;
        for (unsigned left = random() % 4; left > 0; --left) {
            const std::size_t size = 1 + random() % 3;
            if (used + size > count) break;
            item_set fault(
                order.begin() + static_cast<std::ptrdiff_t>(used),
                order.begin() + static_cast<std::ptrdiff_t>(used + size)
            );
            used += size;
            std::sort(fault.begin(), fault.end());
            for (const std::size_t i : fault)
                expected[i] = size == 1 ? batch_finding::culprit : batch_finding::interaction;
            model.faults.push_back(std::move(fault));
        }
        const auto found = search(count, model);
        CHECK(found.items == expected);
        std::size_t bound = 1;
        for (const auto& fault : model.faults) bound += (log2_of(count) + 2) * fault.size() + 1;
        CHECK(found.tests <= bound);
    }
}

TEST_CASE("a test that does not decide ends the search and clears nobody", "[batch]") {
    for (const auto undecided : {verdict::infra_error, verdict::indeterminate, verdict::skipped}) {
        const auto at_once = search(8, [&](const item_set&) { return undecided; });
        CHECK(at_once.result == undecided);
        CHECK(at_once.items == std::vector(8, batch_finding::unknown));
        CHECK(at_once.tests == 1);

        int asked = 0;
        const auto later =
            search(8, [&](const item_set&) { return ++asked < 3 ? verdict::fail : undecided; });
        CHECK(later.result == undecided);
        CHECK(later.items == std::vector(8, batch_finding::unknown));
    }
}

TEST_CASE("a test that answers at random ends, and clears only what passed together", "[batch]") {
    const unsigned seed = std::random_device{}();
    std::cout << "batch_test seed " << seed << "\n";
    std::mt19937 random(seed);
    for (int round = 0; round < 500; ++round) {
        std::set<item_set> passed;
        const auto found = search(1 + random() % 20, [&](const item_set& items) {
            if (random() % 2 == 0) return verdict::fail;
            passed.insert(items);
            return verdict::pass;
        });
        item_set cleared;
        for (std::size_t i = 0; i < found.items.size(); ++i)
            if (found.items[i] == batch_finding::passed) cleared.push_back(i);
        CHECK((cleared.empty() || passed.contains(cleared)));
    }
}

TEST_CASE("a sequence that passes in the end takes one test", "[batch]") {
    const auto found = walk(20, [](std::size_t n) {
        CHECK(n == 20);
        return verdict::pass;
    });
    CHECK(found.tests == 1);
    CHECK(found.items == std::vector(20, batch_finding::passed));
}

TEST_CASE("a sequence names the first item after which it fails", "[batch]") {
    for (std::size_t count = 1; count <= 33; ++count)
        for (std::size_t culprit = 0; culprit < count; ++culprit) {
            const auto found = walk(count, [&](std::size_t n) {
                return n > culprit ? verdict::fail : verdict::pass;
            });
            std::vector expected(count, batch_finding::unknown);
            std::fill_n(expected.begin(), culprit, batch_finding::passed);
            expected[culprit] = batch_finding::culprit;
            CHECK(found.items == expected);
            CHECK(found.result == verdict::fail);
            CHECK(found.tests <= log2_of(count) + 1);
        }
}

TEST_CASE("a sequence that cannot be judged keeps what it knows", "[batch]") {
    const auto found = walk(8, [](std::size_t n) {
        if (n == 8) return verdict::fail;
        return n == 4 ? verdict::pass : verdict::infra_error;
    });
    CHECK(found.result == verdict::infra_error);
    CHECK(found.items[3] == batch_finding::passed);
    CHECK(found.items[4] == batch_finding::unknown);
    CHECK(found.items[7] == batch_finding::unknown);
}

TEST_CASE("the size of a batch follows Dorfman's table", "[batch]") {
    CHECK(best_batch_size(0.01, 64) == 11);
    CHECK(best_batch_size(0.02, 64) == 8);
    CHECK(best_batch_size(0.05, 64) == 5);
    CHECK(best_batch_size(0.1, 64) == 4);
    CHECK(best_batch_size(0.2, 64) == 3);
    CHECK(best_batch_size(0.31, 64) == 1);
    CHECK(best_batch_size(1, 64) == 1);
    CHECK(best_batch_size(0, 16) == 16);
    CHECK(best_batch_size(0.001, 8) == 8);
    CHECK(best_batch_size(0.01, 1) == 1);
}

TEST_CASE("a record of nothing expects one failure in ten", "[batch]") {
    CHECK(failure_record{}.rate() == 0.1);
    CHECK(failure_record{90, 0}.rate() == 0.01);
    CHECK(failure_record{0, 90}.rate() == 0.91);
}

}  // namespace riva::verify::test
