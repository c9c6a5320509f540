#include "request_head.hpp"

#include "http_text.hpp"

#include <riva/llm/error.hpp>

#include <algorithm>

namespace riva::llm {
namespace {

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_ours(std::string_view name) {
    for (const auto reserved : {"host", "content-length", "connection", "transfer-encoding"})
        if (same_name(name, reserved)) return true;
    return false;
}

error refused(std::string what) {
    return {errc::bad_request, "the HTTP request cannot be sent: " + std::move(what)};
}

}  // namespace

result<std::string> request_head(const http_request& request) {
    const http_origin& origin = request.origin;
    if (!is_token(request.method)) return refused("its method is not a word");
    if (!request.target.starts_with('/') || !is_visible(request.target))
        return refused("its target holds blanks or control characters, or no leading slash");
    if (origin.host.empty() || !is_visible(origin.host) || !is_visible(origin.port))
        return refused("its host holds blanks or control characters");

    std::string head = request.method + " " + request.target + " HTTP/1.1\r\nHost: ";
    const bool v6 = origin.host.find(':') != std::string::npos;
    head += v6 ? "[" + origin.host + "]" : origin.host;
    if (origin.port != (origin.tls ? "443" : "80")) head += ":" + origin.port;
    head += "\r\n";
    bool encoding_named = false;
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || is_ours(name) || !is_field_value(value))
            return refused("a header field is not allowed or holds control characters");
        encoding_named |= same_name(name, "accept-encoding");
        head += name + ": " + value + "\r\n";
    }
    if (!encoding_named) head += "Accept-Encoding: identity\r\n";
    if (!request.body.empty() || request.method == "POST")
        head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return head + "Connection: keep-alive\r\n\r\n";
}

}  // namespace riva::llm
