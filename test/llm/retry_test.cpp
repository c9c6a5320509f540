#include "retry.hpp"

#include "catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using riva::llm::attempt_failure;
using riva::llm::errc;
using riva::llm::is_retryable;
using riva::llm::read_retry_hint;
using riva::llm::retry_hint;
using riva::llm::retry_policy;
using riva::llm::retry_schedule;

namespace {

// Sat, 21 Nov 2026 12:00:00 GMT
const auto now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h;

retry_hint after(std::string_view value) {
    return read_retry_hint("", "", value, now);
}

attempt_failure failure(errc code, unsigned status = 0, retry_hint hint = {}) {
    return {{code, "it failed"}, status, hint};
}

}  // namespace

TEST_CASE("retry hint is read from seconds, milliseconds and dates", "[retry]") {
    CHECK(after("2").delay == 2000ms);
    CHECK(after("0.5").delay == 500ms);
    CHECK(after("Sat, 21 Nov 2026 12:00:05 GMT").delay == 5000ms);
    CHECK(read_retry_hint("", "12.5", "9", now).delay == 13ms);
    CHECK(read_retry_hint("", "junk", "9", now).delay == 9000ms);
    CHECK(after("1e300").delay > 24h * 365);
    // After the end of the system's clock.
    CHECK(after("Fri, 31 Dec 9999 23:59:60 GMT").delay == after("1e300").delay);
    CHECK(after("Mon, 01 Jan 0000 00:00:00 GMT") == retry_hint());
    CHECK(read_retry_hint("True", "", "", now).should_retry == true);
    CHECK(read_retry_hint("false", "", "", now).should_retry == false);
    for (const auto* nothing :
         {"",
          "-1",
          "0",
          "nan",
          "inf",
          "soon",
          "2 s",
          "Thu, 01 Jan 1970 00:00:00 GMT",
          "Sat, 31 Feb 2027 12:00:05 GMT",
          "Sat, 21 Nov 2026 25:00:05 GMT",
          "Sat, 21-Nov-26"}) {
        CAPTURE(nothing);
        CHECK(after(nothing) == retry_hint());
    }
}

TEST_CASE("retry repeats only what may succeed later", "[retry]") {
    for (const unsigned status : {408u, 409u, 425u, 500u, 502u, 503u, 504u, 529u})
        CHECK(is_retryable(failure(errc::server_failed, status)));
    for (const unsigned status : {400u, 403u, 404u, 413u, 422u})
        CHECK_FALSE(is_retryable(failure(errc::bad_request, status, {true, {}})));
    CHECK_FALSE(is_retryable(failure(errc::unauthorized, 401, {true, {}})));
    CHECK_FALSE(is_retryable(failure(errc::server_failed, 501)));
    CHECK(is_retryable(failure(errc::server_failed, 501, {true, {}})));
    CHECK(is_retryable(failure(errc::rate_limited, 429)));
    CHECK_FALSE(is_retryable(failure(errc::rate_limited, 429, {false, {}})));
    CHECK_FALSE(is_retryable(failure(errc::quota_exceeded, 429, {true, {}})));
    for (const errc code :
         {errc::connect_failed,
          errc::connection_lost,
          errc::connect_timed_out,
          errc::header_timed_out,
          errc::idle_timed_out,
          errc::truncated_answer,
          errc::server_failed})
        CHECK(is_retryable(failure(code)));
    for (const errc code :
         {errc::tls_refused,
          errc::total_timed_out,
          errc::http_malformed,
          errc::http_limit,
          errc::redirected,
          errc::unexpected_content,
          errc::malformed_answer,
          errc::answer_too_long,
          errc::refused_by_model,
          errc::bad_request})
        CHECK_FALSE(is_retryable(failure(code, 200)));
}

TEST_CASE("retry delays are uniform up to a doubling ceiling", "[retry]") {
    retry_policy policy;
    policy.attempts = 100;
    policy.seed = 7;
    retry_schedule schedule(policy);
    const auto most = [&](errc code, int attempts) {
        std::chrono::microseconds longest{}, sum{};
        for (int i = 0; i < 4000; ++i) {
            const auto delay = schedule.after(failure(code), attempts, now).value();
            longest = std::max(longest, delay);
            sum += delay;
        }
        const double mean = static_cast<double>(sum.count()) / 4000.0;
        CHECK(mean == Approx(static_cast<double>(longest.count()) / 2).epsilon(0.1));
        return longest;
    };
    const auto near_to = [](std::chrono::microseconds longest, std::chrono::microseconds ceiling) {
        return longest <= ceiling && longest > ceiling * 9 / 10;
    };
    CHECK(near_to(most(errc::server_failed, 1), 500ms));
    CHECK(near_to(most(errc::server_failed, 2), 1s));
    CHECK(near_to(most(errc::server_failed, 99), 20s));
    CHECK(near_to(most(errc::rate_limited, 1), 1s));
    CHECK(near_to(most(errc::rate_limited, 3), 4s));
}

TEST_CASE("retry with the same seed gives the same delays", "[retry]") {
    retry_policy policy;
    policy.seed = 42;
    retry_schedule one(policy), other(policy);
    const auto failed = failure(errc::server_failed);
    for (int i = 0; i < 10; ++i)
        CHECK(one.after(failed, 1, now).value() == other.after(failed, 1, now).value());
    policy.seed = 0;
    retry_schedule random(policy), another(policy);
    CHECK(random.after(failed, 2, now).value() != another.after(failed, 2, now).value());
}

TEST_CASE("retry obeys the server's delay, up to a limit", "[retry]") {
    retry_schedule schedule(retry_policy{});
    const auto wait = failure(errc::rate_limited, 429, {{}, 59'000ms});
    CHECK(schedule.after(wait, 1, now).value() == 59s);
    const auto longer = failure(errc::server_failed, 503, {{}, 3'600'000ms});
    CHECK(
        schedule.after(longer, 1, now).error() ==
        riva::error{
            errc::rate_limited,
            "it failed; the server asks to wait until 2026-11-21T13:00:00Z (3600 s), longer than "
            "riva waits"
        }
    );
}

TEST_CASE("retry ends with the last failure", "[retry]") {
    retry_schedule schedule(retry_policy{});
    CHECK(schedule.after(failure(errc::server_failed, 500), 2, now).has_value());
    CHECK(
        schedule.after(failure(errc::server_failed, 500), 3, now).error() ==
        riva::error{errc::server_failed, "it failed (after 3 attempts)"}
    );
    CHECK(
        schedule.after(failure(errc::unauthorized, 401), 1, now).error() ==
        riva::error{errc::unauthorized, "it failed"}
    );
}
