#include <riva/runtime/ledger.hpp>

#include <catch.hpp>

#include <utility>

using riva::ledger;

TEST_CASE("ledger refuses a reservation that all together would exceed the limit", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    auto first = book.reserve(60);
    REQUIRE(first.has_value());
    const auto second = book.reserve(41);
    REQUIRE(second.has_error());
    CHECK(second.error().code == riva::errc::budget_exhausted);
    CHECK(second.error().context.find("100") != std::string::npos);
    CHECK(book.reserve(40).has_value());
}

TEST_CASE("ledger books what a call really cost", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    auto lease = book.reserve(100);
    REQUIRE(lease.has_value());
    lease->settle(30);
    CHECK(book.tokens() == 30);
    CHECK(book.calls() == 1);
    CHECK(book.reserve(70).has_value());
    CHECK(book.reserve(71).has_error());
}

TEST_CASE("ledger takes back what an unsettled lease had reserved", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    {
        const auto lease = book.reserve(100);
    }
    CHECK(book.tokens() == 0);
    CHECK(book.reserve(100).has_value());
}

TEST_CASE("ledger counts a settled lease once", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    auto lease = book.reserve(50);
    REQUIRE(lease.has_value());
    lease->settle(20);
    lease->settle(20);
    CHECK(book.tokens() == 20);
}

TEST_CASE("ledger keeps a reservation that is moved", "[ledger]") {
    ledger book({.calls = 10, .tokens = 100});
    ledger::lease kept;
    {
        auto lease = book.reserve(80);
        REQUIRE(lease.has_value());
        kept = std::move(*lease);
    }
    CHECK(book.reserve(21).has_error());
    kept = ledger::lease();
    CHECK(book.reserve(100).has_value());
}

TEST_CASE("ledger refuses the first call when nothing may be spent", "[ledger]") {
    ledger book({.calls = 0, .tokens = 0});
    const auto lease = book.reserve(0);
    REQUIRE(lease.has_error());
    CHECK(lease.error().code == riva::errc::budget_exhausted);
    CHECK(book.calls() == 0);
}

TEST_CASE("ledger reserves the largest number without an overflow", "[ledger]") {
    ledger book({});
    auto lease = book.reserve(INT64_MAX);
    REQUIRE(lease.has_value());
    CHECK(book.reserve(1).has_error());
    CHECK(book.reserve(0).has_value());
}
