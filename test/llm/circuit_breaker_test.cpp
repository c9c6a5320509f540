#include "circuit_breaker.hpp"

#include "catch.hpp"

using namespace std::chrono_literals;
using riva::llm::breaker_policy;
using riva::llm::circuit_breaker;
using admission = riva::llm::circuit_breaker::admission;

namespace {

const auto start = circuit_breaker::time_point(1h);

circuit_breaker opened(circuit_breaker::time_point when = start) {
    circuit_breaker breaker(breaker_policy{}, 1);
    for (int i = 0; i < 5; ++i) breaker.failed(when, false);
    return breaker;
}

void close(circuit_breaker& breaker, circuit_breaker::time_point when) {
    for (int i = 0; i < 3 && !breaker.closed(); ++i) {
        REQUIRE(breaker.ask(when) == admission::probe);
        breaker.succeeded(when, true);
    }
    REQUIRE(breaker.closed());
}

}  // namespace

TEST_CASE("circuit breaker opens after five failures in a row", "[governor]") {
    circuit_breaker breaker(breaker_policy{}, 1);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 4; ++i) breaker.failed(start, false);
        breaker.succeeded(start, false);
    }
    CHECK(breaker.ask(start) == admission::granted);
    for (int i = 0; i < 5; ++i) breaker.failed(start, false);
    CHECK(breaker.ask(start) == admission::refused);
    CHECK(breaker.trips() == 1);
    CHECK(breaker.opens_at() >= start + 10s);
    CHECK(breaker.opens_at() <= start + 11s);
}

TEST_CASE(
    "circuit breaker opens when half of twenty requests in thirty seconds fail", "[governor]"
) {
    circuit_breaker breaker(breaker_policy{}, 1);
    const auto one_of_each = [&](circuit_breaker::time_point when) {
        breaker.succeeded(when, false);
        breaker.failed(when, false);
    };
    for (int i = 0; i < 30; ++i) one_of_each(start + i * 4s);
    CHECK(breaker.closed());
    for (int i = 0; i < 10; ++i) one_of_each(start + 200s + i * 1s);
    CHECK_FALSE(breaker.closed());
}

TEST_CASE("circuit breaker lets one probe through at a time and closes after three", "[governor]") {
    auto breaker = opened();
    const auto later = breaker.opens_at();
    CHECK(breaker.ask(later - 1ms) == admission::refused);
    CHECK(breaker.ask(later) == admission::probe);
    CHECK(breaker.ask(later) == admission::wait);
    breaker.succeeded(later, false);  // of a request from before
    CHECK(breaker.ask(later) == admission::wait);
    breaker.abandon();
    CHECK(breaker.ask(later) == admission::probe);
    breaker.succeeded(later, true);
    CHECK(breaker.half_open());
    close(breaker, later);
    CHECK(breaker.ask(later) == admission::granted);
}

TEST_CASE(
    "circuit breaker probes a dead endpoint at the same pace for as long as it is dead",
    "[governor]"
) {
    auto breaker = opened();
    for (int i = 0; i < 60; ++i) {
        const auto now = breaker.opens_at();
        REQUIRE(breaker.ask(now) == admission::probe);
        breaker.failed(now, true);
        CHECK(breaker.opens_at() - now >= 10s);
        CHECK(breaker.opens_at() - now <= 11s);
    }
    CHECK(breaker.trips() == 1);
}

TEST_CASE(
    "circuit breaker leaves an endpoint alone for longer each time it fails again soon",
    "[governor]"
) {
    auto breaker = opened();
    auto expected = 10s;
    for (int i = 0; i < 8; ++i) {
        auto now = breaker.opens_at();
        close(breaker, now);
        now += 1s;
        for (int k = 0; k < 5; ++k) breaker.failed(now, false);
        expected = std::min<std::chrono::seconds>(2 * expected, 300s);
        CHECK(breaker.opens_at() - now >= expected);
        CHECK(breaker.opens_at() - now <= expected + expected / 10);
    }
    const auto now = breaker.opens_at();
    close(breaker, now);
    for (int k = 0; k < 5; ++k) breaker.failed(now + 700s, false);
    CHECK(breaker.opens_at() - (now + 700s) <= 11s);
}

TEST_CASE("circuit breaker opens to a time that it is told, and for good", "[governor]") {
    circuit_breaker breaker(breaker_policy{}, 1);
    breaker.open_until(start + 10min);
    breaker.open_until(start + 5min);
    CHECK(breaker.ask(start + 9min) == admission::refused);
    CHECK(breaker.ask(start + 10min) == admission::probe);
    breaker.lock();
    CHECK(breaker.ask(start + 24h) == admission::refused);
    breaker.open_until(start);
    CHECK(breaker.locked());
    breaker.unlock();
    CHECK(breaker.ask(start + 24h) == admission::granted);
}
