#include "scripted/plain_response.hpp"

#include "scripted/event_stream.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>
#include <utility>

namespace riva::llm::scripted {

namespace {

bool names_content_type(const header_list& headers) {
    constexpr std::string_view wanted = "content-type";
    return std::any_of(headers.begin(), headers.end(), [&](const auto& field) {
        std::string lower = field.first;
        for (char& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return lower == wanted;
    });
}

// `date+5` is the date in five seconds, as HTTP writes it.
std::string dated(const std::string& value, std::int64_t now) {
    constexpr std::string_view mark = "date";
    if (!value.starts_with(mark) || value.size() < mark.size() + 2) return value;
    const char* begin = value.data() + mark.size() + (value[mark.size()] == '+' ? 1 : 0);
    std::int64_t seconds = 0;
    const auto [end, wrong] = std::from_chars(begin, value.data() + value.size(), seconds);
    if (wrong != std::errc() || end != value.data() + value.size()) return value;
    const std::time_t time = now + seconds;
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

}  // namespace

response json_response(unsigned status, std::string body) {
    response r;
    r.status = status;
    r.headers = {{"Content-Type", "application/json"}};
    r.body = {{std::move(body), {}, false}};
    return r;
}

request_refusal usual_refusal(unsigned status) {
    const std::string message = "The script answers with status " + std::to_string(status);
    if (status == 401) return {status, message, "", "invalid_api_key"};
    if (status == 429) return {status, message, "", "rate_limit_exceeded", "requests"};
    if (status >= 500) return {status, message, "", "", "server_error"};
    return {status, message, "", ""};
}

response fault_response(const http_fault& f, std::string usual, std::int64_t now) {
    response r = json_response(f.status, f.body.value_or(std::move(usual)));
    if (names_content_type(f.headers)) r.headers.clear();
    for (const auto& [name, value] : f.headers) r.headers.emplace_back(name, dated(value, now));
    return r;
}

response whole_response(
    const answer& a, std::string body, std::string failure, std::chrono::nanoseconds delay
) {
    if (a.fault.payload) body = spoilt_payload(body, a.fault.payload->what);
    if (a.fault.oversize && (a.fault.oversize->what == oversize::kind::line ||
                             a.fault.oversize->what == oversize::kind::event))
        body.insert(0, a.fault.oversize->amount, ' ');
    response r = json_response(200, a.fault.error_event ? std::move(failure) : std::move(body));
    r.body.front().delay = delay;
    return r;
}

}  // namespace riva::llm::scripted
