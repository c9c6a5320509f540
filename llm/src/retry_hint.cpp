#include "retry_hint.hpp"

#include "http_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace riva::llm {
namespace {

using std::chrono::milliseconds;
using wall_clock = std::chrono::system_clock;

constexpr std::array months{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < 0)
        return std::nullopt;
    return value;
}

/// A hundred years: longer than anybody waits.
constexpr milliseconds longest_span(std::int64_t{3'200'000'000'000});

/// `Wed, 21 Oct 2015 07:28:00 GMT`, the only form that servers may send today. The wall clock ends
/// in 2262, the years of a date do not.
std::optional<std::chrono::sys_seconds> read_date(std::string_view text) {
    if (text.size() != 29 || !text.ends_with(" GMT") || text[19] != ':' || text[22] != ':')
        return std::nullopt;
    const auto month = std::ranges::find(months, text.substr(8, 3));
    const auto day = number(text.substr(5, 2));
    const auto year = number(text.substr(12, 4));
    const auto hour = number(text.substr(17, 2));
    const auto minute = number(text.substr(20, 2));
    const auto second = number(text.substr(23, 2));
    if (month == months.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
    const std::chrono::year_month_day date(
        std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(month - months.begin() + 1)),
        std::chrono::day(static_cast<unsigned>(*day))
    );
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
           std::chrono::seconds(*second);
}

/// A decimal number of units.
std::optional<milliseconds> read_span(std::string_view text, double ms_per_unit) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    if (!whole || !std::isfinite(value) || value <= 0) return std::nullopt;
    constexpr auto longest = static_cast<double>(longest_span.count());
    return milliseconds(static_cast<std::int64_t>(std::ceil(std::min(value * ms_per_unit, longest)))
    );
}

}  // namespace

retry_hint read_retry_hint(
    std::string_view should_retry,
    std::string_view after_ms,
    std::string_view after,
    wall_clock::time_point now
) {
    retry_hint hint;
    if (same_name(should_retry, "true")) hint.should_retry = true;
    if (same_name(should_retry, "false")) hint.should_retry = false;
    hint.delay = read_span(after_ms, 1);
    if (!hint.delay) hint.delay = read_span(after, 1000);
    const auto now_ms = std::chrono::floor<milliseconds>(now);
    if (const auto date = read_date(after); !hint.delay && date && *date > now_ms)
        hint.delay = std::min<milliseconds>(*date - now_ms, longest_span);
    return hint;
}

}  // namespace riva::llm
