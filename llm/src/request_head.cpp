#include "request_head.hpp"

#include "http_text.hpp"
#include "proxy.hpp"

#include <riva/llm/error.hpp>

#include <algorithm>
#include <initializer_list>

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

constexpr std::size_t usual_size = 512;

void append(std::string& head, std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) head += part;
}

/// The host, and the port if it is not the usual one.
void append_place(std::string& head, const http_origin& origin) {
    const bool v6 = origin.host.find(':') != std::string::npos;
    append(head, {v6 ? "[" : "", origin.host, v6 ? "]" : ""});
    if (origin.port != (origin.tls ? "443" : "80")) append(head, {":", origin.port});
}

error refused(std::string what) {
    return {errc::bad_request, "the HTTP request cannot be sent: " + std::move(what)};
}

}  // namespace

result<std::string> request_head(const http_request& request, const http_proxy* proxy) {
    const http_origin& origin = request.origin;
    if (!is_token(request.method)) return refused("its method is not a word");
    if (!request.target.starts_with('/') || !is_visible(request.target))
        return refused("its target holds blanks or control characters, or no leading slash");
    if (origin.host.empty() || !is_visible(origin.host) || !is_visible(origin.port))
        return refused("its host holds blanks or control characters");

    std::string head;
    head.reserve(usual_size);
    const bool forwarded = proxy != nullptr && !origin.tls;
    append(head, {request.method, " "});
    if (forwarded) append_place(head += "http://", origin);
    append(head, {request.target, " HTTP/1.1\r\nHost: "});
    append_place(head, origin);
    head += "\r\n";
    if (forwarded && !proxy->authorization.empty())
        append(head, {"Proxy-Authorization: ", proxy->authorization, "\r\n"});
    bool encoding_named = false;
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || is_ours(name) || !is_field_value(value))
            return refused("a header field is not allowed or holds control characters");
        encoding_named |= same_name(name, "accept-encoding");
        append(head, {name, ": ", value, "\r\n"});
    }
    if (!encoding_named) head += "Accept-Encoding: identity\r\n";
    if (!request.body.empty() || request.method == "POST")
        append(head, {"Content-Length: ", std::to_string(request.body.size()), "\r\n"});
    head += "Connection: keep-alive\r\n\r\n";
    return head;
}

}  // namespace riva::llm
