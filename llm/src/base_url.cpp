#include "http_text.hpp"
#include "utf8.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/http_client.hpp>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace riva::llm {
namespace {

error refused(std::string_view url, std::string_view why) {
    return {
        errc::invalid_spec,
        "the base URL '" + printable(url, 200) + "' " + std::string(why) +
            "; write http(s)://HOST[:PORT][/PATH]"
    };
}

bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

/// Boost.URL takes any digits for a port.
std::optional<std::string> read_port(std::string_view digits) {
    std::uint16_t number = 0;
    const auto [end, failed] = std::from_chars(digits.begin(), digits.end(), number);
    if (failed != std::errc() || end != digits.end() || number == 0) return std::nullopt;
    return std::to_string(number);
}

}  // namespace

result<std::pair<http_origin, std::string>> parse_base_url(std::string_view url) {
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed) return refused(url, "is not a URL");
    const boost::urls::url_view& parts = *parsed;
    const auto scheme = parts.scheme_id();
    if (scheme != boost::urls::scheme::http && scheme != boost::urls::scheme::https)
        return refused(url, "is neither http nor https");
    if (parts.has_userinfo())  // not shown: it may be a secret
        return refused("...", "holds a user name or password");
    if (parts.has_query() || parts.has_fragment()) return refused(url, "has a query or fragment");

    http_origin origin;
    origin.tls = scheme == boost::urls::scheme::https;
    const auto port = read_port(parts.has_port() ? parts.port() : origin.tls ? "443" : "80");
    if (!port) return refused(url, "has a port that does not exist");
    origin.port = *port;
    const auto kind = parts.host_type();
    const auto address = parts.host_address();
    origin.host.assign(address.begin(), address.end());
    std::ranges::transform(origin.host, origin.host.begin(), lower);
    const bool v6 = kind == boost::urls::host_type::ipv6;
    if (!v6 && !is_host_name(origin.host)) return refused(url, "has no usable host name");

    const auto encoded = parts.encoded_path();
    std::string path(encoded.data(), encoded.size());
    // Boost.URL 1.81 reads the host of http://127.0.0.1.example.com/ as 127.0.0.1.
    if (!path.empty() && !path.starts_with('/'))
        return refused(url, "has a host name that begins like an address");
    while (path.ends_with('/')) path.pop_back();
    return std::pair(std::move(origin), std::move(path));
}

}  // namespace riva::llm
