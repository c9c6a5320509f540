#include "scripted/plain_response.hpp"

#include <algorithm>
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

response fault_response(const http_fault& f, std::string usual) {
    response r = json_response(f.status, f.body.value_or(std::move(usual)));
    if (names_content_type(f.headers)) r.headers.clear();
    r.headers.insert(r.headers.end(), f.headers.begin(), f.headers.end());
    return r;
}

response whole_response(
    const answer& a, std::string body, std::string failure, std::chrono::nanoseconds delay
) {
    response r = json_response(200, a.fault.error_event ? std::move(failure) : std::move(body));
    r.body.front().delay = delay;
    return r;
}

}  // namespace riva::llm::scripted
