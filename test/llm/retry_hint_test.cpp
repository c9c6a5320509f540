#include "retry_hint.hpp"

#include "catch.hpp"

#include <string_view>

using namespace std::chrono_literals;
using riva::llm::read_retry_hint;
using riva::llm::retry_hint;

namespace {

// Sat, 21 Nov 2026 12:00:00 GMT
const auto now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h;

retry_hint after(std::string_view value) {
    return read_retry_hint("", "", value, now);
}

}  // namespace

TEST_CASE("retry hint is read from seconds, milliseconds and dates", "[governor]") {
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
