// Whatever a server writes about when to come back is understood as a span of at most a hundred
// years, or not at all. Lines: x-should-retry, retry-after-ms, retry-after, and a body.
#include "input.hpp"
#include "retry_hint.hpp"
#include "server_error.hpp"

#include <array>

namespace {

using namespace std::chrono_literals;

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
}

void must_be_a_wait(std::optional<std::chrono::milliseconds> delay) {
    constexpr auto longest = 24h * 366 * 102;
    if (!delay) return;
    riva::fuzz::must(*delay > 0ms && *delay <= longest, "a delay lies between now and 102 years");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = riva::fuzz::as_text(data, size);
    const auto should_retry = take_line(text);
    const auto after_ms = take_line(text);
    const auto after = take_line(text);
    // 21 November 2026, 12:00 UTC
    const std::chrono::system_clock::time_point now(1'795'262'400s);
    must_be_a_wait(riva::llm::read_retry_hint(should_retry, after_ms, after, now).delay);
    const auto said = riva::llm::read_error_body(text);
    if (said.retry_after)
        riva::fuzz::must(*said.retry_after > 0ms, "a server cannot ask to come back before now");
    for (const unsigned status : {200u, 400u, 429u, 503u}) {
        const auto why = riva::llm::explain(status, said, "the model", "KEY");
        riva::fuzz::must(why.context.find('\n') == why.context.npos, "an error is one line");
        riva::fuzz::must(why.context.size() < 4096, "an error is short");
    }
    return 0;
}
