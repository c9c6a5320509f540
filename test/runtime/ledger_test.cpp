#include <riva/runtime/ledger.hpp>

#include <catch.hpp>

#include <utility>

using riva::cost;
using riva::ledger;
using riva::spending_limits;

namespace {

constexpr cost tokens(std::int64_t count) {
    return {.tokens = count};
}

constexpr cost money(std::int64_t micro_usd) {
    return {.micro_usd = micro_usd};
}

}  // namespace

TEST_CASE("ledger refuses a reservation that all together would exceed the limit", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    auto first = book.reserve(tokens(60));
    REQUIRE(first.has_value());
    const auto second = book.reserve(tokens(41));
    REQUIRE(second.has_error());
    CHECK(second.error().code == riva::errc::budget_exhausted);
    CHECK(second.error().context.find("100") != std::string::npos);
    CHECK(book.reserve(tokens(40)).has_value());
}

TEST_CASE("ledger refuses what costs more money than is left, and names both", "[ledger]") {
    ledger book({.micro_usd = 1'500'000});
    auto first = book.reserve(money(1'000'001));
    REQUIRE(first.has_value());
    const auto second = book.reserve(money(500'000));
    REQUIRE(second.has_error());
    CHECK(
        second.error().context ==
        "The next model call could cost $0.50; $0.499999 of the limit of $1.50 of the run are left."
    );
    CHECK(book.find_shortage(money(500'000))->what == ledger::limit::money);
    CHECK(book.reserve(money(499'999)).has_value());
}

TEST_CASE("ledger books what a call really cost", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    auto lease = book.reserve(tokens(100));
    REQUIRE(lease.has_value());
    lease->settle(tokens(30));
    CHECK(book.spent() == tokens(30));
    CHECK(book.calls() == 1);
    CHECK(book.reserve(tokens(70)).has_value());
    CHECK(book.reserve(tokens(71)).has_error());
}

TEST_CASE("ledger takes back all of a call that was never sent", "[ledger]") {
    ledger book({.calls = 1, .tokens = 100});
    {
        const auto lease = book.reserve(tokens(100));
    }
    CHECK(book.spent() == cost{});
    CHECK(book.calls() == 0);
    CHECK(book.reserve(tokens(100)).has_value());
}

TEST_CASE("ledger keeps what a cancelled call can have cost, and no more", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100, .micro_usd = 100});
    {
        auto lease = book.reserve({90, 80});
        REQUIRE(lease.has_value());
        lease->at_risk({60, 50});
        lease->at_risk({30, 20});
    }
    CHECK(book.spent() == cost{30, 20});
    CHECK(book.reserved() == cost{});
    CHECK(book.calls() == 1);
    CHECK(book.reserve({70, 80}).has_value());
}

TEST_CASE("ledger counts a settled lease once", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    auto lease = book.reserve(tokens(50));
    REQUIRE(lease.has_value());
    lease->at_risk(tokens(50));
    lease->settle(tokens(20));
    lease->settle(tokens(20));
    CHECK(book.spent() == tokens(20));
}

TEST_CASE("ledger keeps a reservation that is moved", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    ledger::lease kept;
    {
        auto lease = book.reserve(tokens(80));
        REQUIRE(lease.has_value());
        lease->at_risk(tokens(5));
        kept = std::move(*lease);
    }
    CHECK(book.reserve(tokens(21)).has_error());
    kept = ledger::lease();
    CHECK(book.spent() == tokens(5));
    CHECK(book.reserve(tokens(95)).has_value());
}

TEST_CASE("ledger grows a reservation as far as the limit, or not at all", "[ledger]") {
    ledger book({.calls = 1, .tokens = 100});
    auto lease = book.reserve(tokens(60));
    REQUIRE(lease.has_value());
    CHECK(lease->grow(tokens(40)).has_value());
    const auto more = lease->grow(tokens(1));
    REQUIRE(more.has_error());
    CHECK(more.error().code == riva::errc::budget_exhausted);
    CHECK(lease->reserved() == tokens(100));
    lease->settle(tokens(100));
    CHECK(book.reserved() == cost{});
}

TEST_CASE("ledger refuses everybody after a call that cost more than it reserved", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    ledger account(book, spending_limits::none(), "intention 1");
    auto other = book.reserve(tokens(40));
    auto lease = account.reserve(tokens(60));
    REQUIRE(lease.has_value());
    lease->settle(tokens(75));
    CHECK(book.spent() == tokens(75));
    CHECK(account.spent() == tokens(75));
    CHECK(book.reserve(tokens(0)).has_error());
    other->settle(tokens(30));
    CHECK(book.spent() == tokens(105));
    CHECK(book.reserve(tokens(0)).has_error());
    CHECK(account.reserve(tokens(0)).has_error());
}

TEST_CASE("ledger refuses the first call when nothing may be spent", "[ledger]") {
    ledger book({.calls = 0, .tokens = 0});
    const auto lease = book.reserve(tokens(0));
    REQUIRE(lease.has_error());
    CHECK(lease.error().code == riva::errc::budget_exhausted);
    CHECK(book.find_shortage(tokens(0))->what == ledger::limit::calls);
    CHECK(book.calls() == 0);
}

TEST_CASE("ledger adds the largest numbers without an overflow", "[ledger]") {
    ledger book({});
    auto lease = book.reserve({INT64_MAX, INT64_MAX});
    REQUIRE(lease.has_value());
    CHECK(book.reserve({1, 0}).has_error());
    CHECK(book.reserve({0, 1}).has_error());
    auto free = book.reserve({0, 0});
    REQUIRE(free.has_value());
    free->settle({INT64_MAX, 1});
    lease->settle({INT64_MAX, INT64_MAX});
    CHECK(book.spent() == cost{INT64_MAX, INT64_MAX});
}

TEST_CASE("ledger takes a negative cost for none", "[ledger]") {
    ledger book({.calls = 10, .tokens = 10});
    auto lease = book.reserve(tokens(-100));
    REQUIRE(lease.has_value());
    lease->settle(tokens(-100));
    CHECK(book.reserve(tokens(11)).has_error());
}

TEST_CASE("an account draws on all accounts above it", "[ledger]") {
    ledger run({.calls = 3, .tokens = 100});
    ledger intention(run, {.calls = 2, .tokens = 80}, "intention 1");
    ledger part(intention, {.calls = 10, .tokens = 50}, "intention 1.1");

    SECTION("the tightest of them decides, and is named") {
        CHECK(part.find_shortage(tokens(51))->by == &part);
        auto elsewhere = run.reserve(tokens(60));
        CHECK(part.find_shortage(tokens(41))->by == &run);
        CHECK(part.reserve(tokens(40)).has_value());
    }
    SECTION("a refusal leaves no trace in any of them") {
        auto elsewhere = run.reserve(tokens(60));
        CHECK(part.reserve(tokens(41)).has_error());
        CHECK(part.reserved() == cost{});
        CHECK(intention.reserved() == cost{});
        CHECK(run.reserved() == tokens(60));
        CHECK(part.calls() == 0);
    }
    SECTION("what is settled is booked in each") {
        auto lease = part.reserve(tokens(50));
        lease->settle(tokens(20));
        CHECK(part.spent() == tokens(20));
        CHECK(intention.spent() == tokens(20));
        CHECK(run.spent() == tokens(20));
        CHECK(run.calls() == 1);
    }
    SECTION("calls are limited at every level") {
        auto first = part.reserve({}), second = part.reserve({});
        REQUIRE(second.has_value());
        const auto third = part.find_shortage({});
        REQUIRE(third.has_value());
        CHECK(third->what == ledger::limit::calls);
        CHECK(third->by == &intention);
    }
}

TEST_CASE("calls of an earlier time are booked without being asked for", "[ledger]") {
    ledger run({.calls = 3, .tokens = 100});
    ledger part(run, {.calls = 2, .tokens = 60}, "part");
    part.carry_over(1, tokens(70), &run);
    CHECK(part.calls() == 1);
    CHECK(part.spent() == tokens(70));
    CHECK(run.calls() == 0);
    CHECK(run.spent() == cost{});
    CHECK(part.reserve(tokens(1)).has_error());
    part.carry_over(1, tokens(50));
    CHECK(part.calls() == 2);
    CHECK(run.calls() == 1);
    CHECK(run.spent() == tokens(50));
    CHECK(run.reserve(tokens(51)).has_error());
    CHECK(run.reserve(tokens(50)).has_value());
}
