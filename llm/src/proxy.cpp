#include "proxy.hpp"

#include "http_text.hpp"
#include "loopback.hpp"

#include <riva/llm/error.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <string_view>

namespace riva::llm {
namespace {

using asio::ip::address;

std::string either(const variable_lookup& variable, const std::string& name) {
    std::string value = variable(name);
    if (!value.empty()) return value;
    std::string capitals = name;
    std::ranges::transform(capitals, capitals.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return variable(capitals);
}

std::string basic(const std::string& user, const std::string& password) {
    const std::string plain = user + ":" + password;
    std::string coded((plain.size() + 2) / 3 * 4 + 1, '\0');
    const int size = ::EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(coded.data()),
        reinterpret_cast<const unsigned char*>(plain.data()),
        static_cast<int>(plain.size())
    );
    coded.resize(static_cast<std::size_t>(size));
    return "Basic " + coded;
}

error unusable(bool tls, std::string_view why) {
    return {
        errc::invalid_spec,
        "the proxy for " + std::string(tls ? "https" : "http") + " " + std::string(why) + "; set " +
            (tls ? "https_proxy" : "http_proxy") +
            " to http://[USER:PASSWORD@]HOST[:PORT], or unset it"
    };
}

result<http_proxy> read_proxy(const std::string& setting, bool tls) {
    const bool has_scheme = setting.find("://") != setting.npos;
    const std::string url = has_scheme ? setting : "http://" + setting;
    const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
    if (!parsed) return unusable(tls, "is not a URL");
    if (parsed->scheme_id() != boost::urls::scheme::http)
        return unusable(tls, "is not spoken to in plain http, the only way that riva knows");
    // The rest is checked as for the URL of a model's server.
    std::string place = "http://" + std::string(parsed->encoded_host_and_port());
    auto base = parse_base_url(place);
    if (!base) return unusable(tls, "has no usable host and port");
    http_proxy made{std::move(base->first), {}};
    if (parsed->has_userinfo()) made.authorization = basic(parsed->user(), parsed->password());
    return made;
}

bool is_in_network(const address& host, const std::string& network) {
    error_code no_v4, no_v6;
    const auto v4 = asio::ip::make_network_v4(network, no_v4);
    if (!no_v4 && host.is_v4()) {
        const auto hosts = v4.hosts();
        return host.to_v4() == v4.network() || host.to_v4() == v4.broadcast() ||
               hosts.find(host.to_v4()) != hosts.end();
    }
    const auto v6 = asio::ip::make_network_v6(network, no_v6);
    if (no_v6 || !host.is_v6()) return false;
    const auto hosts = v6.hosts();
    return host.to_v6() == v6.network() || hosts.find(host.to_v6()) != hosts.end();
}

/// Takes the port off `host:port`; nothing stays of a text without one.
std::string_view take_port(std::string_view& entry) {
    const std::size_t colon = entry.rfind(':');
    if (colon == entry.npos || entry.find(':') != colon) {
        const std::size_t bracket = entry.rfind("]:");
        if (bracket == entry.npos) return {};
        const std::string_view port = entry.substr(bracket + 2);
        entry = entry.substr(0, bracket + 1);
        return port;
    }
    const std::string_view port = entry.substr(colon + 1);
    entry = entry.substr(0, colon);
    return port;
}

bool names(std::string_view entry, const http_origin& origin) {
    if (entry == "*") return true;
    const std::string_view port = take_port(entry);
    if (!port.empty() && port != origin.port) return false;
    if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
    error_code no_address;
    const address host = asio::ip::make_address(origin.host, no_address);
    if (!no_address) {
        error_code no_entry;
        const address other = asio::ip::make_address(std::string(entry), no_entry);
        return no_entry ? is_in_network(host, std::string(entry)) : host == other;
    }
    if (entry.starts_with("*.")) entry.remove_prefix(1);
    if (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty() || entry.size() > origin.host.size()) return false;
    const std::size_t before = origin.host.size() - entry.size();
    if (!same_name(std::string_view(origin.host).substr(before), entry)) return false;
    return before == 0 || origin.host[before - 1] == '.';
}

bool is_excepted(const http_origin& origin, std::string_view exceptions) {
    while (!exceptions.empty()) {
        const std::size_t end = std::min(exceptions.find(','), exceptions.size());
        const std::string_view entry = trimmed(exceptions.substr(0, end));
        if (!entry.empty() && names(entry, origin)) return true;
        exceptions.remove_prefix(std::min(end + 1, exceptions.size()));
    }
    return false;
}

}  // namespace

proxy_settings proxies_in_environment(const variable_lookup& variable) {
    proxy_settings found;
    found.exceptions = either(variable, "no_proxy");
    const std::string all = either(variable, "all_proxy");
    found.https = either(variable, "https_proxy");
    const bool cgi = !variable("REQUEST_METHOD").empty();
    found.http = cgi ? variable("http_proxy") : either(variable, "http_proxy");
    if (found.https.empty()) found.https = all;
    if (found.http.empty()) found.http = all;
    return found;
}

result<std::optional<http_proxy>> proxy_for(
    const http_origin& origin, const proxy_settings& settings
) {
    const std::string& setting = origin.tls ? settings.https : settings.http;
    if (setting.empty() || is_loopback(origin.host) || is_excepted(origin, settings.exceptions))
        return std::nullopt;
    auto read = read_proxy(setting, origin.tls);
    if (!read) return read.error();
    return std::move(*read);
}

}  // namespace riva::llm
