#include <riva/llm/provider_environment.hpp>

#include "http_text.hpp"

#include <algorithm>
#include <utility>

namespace riva::llm {
namespace {

std::string_view base_url_variable(std::string_view dialect) {
    if (dialect.starts_with("openai")) return "OPENAI_BASE_URL";
    if (dialect == "anthropic") return "ANTHROPIC_BASE_URL";
    if (dialect == "gemini") return "GOOGLE_GEMINI_BASE_URL";
    return dialect == "ollama" ? "OLLAMA_HOST" : "";
}

std::string own_base_url(const std::string& dialect) {
    const auto parsed = parse_model_spec(dialect + ":any");
    return parsed ? parsed->base_url : std::string();
}

/// Where the port of `host:port` begins, with its colon; the end when there is none. The colons of
/// an address of IPv6 begin no port.
std::size_t find_port(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    const bool bare_address = !authority.starts_with('[') && authority.find(':') != colon;
    const bool in_brackets =
        colon != authority.npos && authority.find(']', colon) != authority.npos;
    if (colon == authority.npos || bare_address || in_brackets) return authority.size();
    return colon;
}

/// The host of an address that can be connected to.
std::string reachable(std::string_view host) {
    if (host.empty() || host == "0.0.0.0") return "127.0.0.1";
    if (host == "::" || host == "[::]") return "[::1]";
    const bool bare_address = host.find(':') != host.npos && !host.starts_with('[');
    return bare_address ? "[" + std::string(host) + "]" : std::string(host);
}

}  // namespace

std::string ollama_url(std::string_view host) {
    std::string_view rest = trimmed(host);
    const std::size_t scheme_end = rest.find("://");
    const bool has_scheme = scheme_end != rest.npos;
    const std::string scheme(has_scheme ? rest.substr(0, scheme_end) : "http");
    if (has_scheme) rest.remove_prefix(scheme_end + 3);
    const std::size_t path = std::min(rest.find('/'), rest.size());
    const std::string_view authority = rest.substr(0, path);
    const std::size_t port = find_port(authority);
    std::string url = scheme + "://" + reachable(authority.substr(0, port));
    if (authority.size() - port > 1)
        url += authority.substr(port);
    else if (!has_scheme)
        url += ":11434";
    url += rest.substr(path);
    while (url.ends_with('/')) url.pop_back();
    return url;
}

model_spec in_environment(model_spec spec, const variable_lookup& variable) {
    const std::string_view name = base_url_variable(spec.dialect);
    if (!name.empty() && spec.base_url == own_base_url(spec.dialect)) {
        std::string elsewhere = variable(std::string(name));
        while (elsewhere.ends_with('/')) elsewhere.pop_back();
        if (!elsewhere.empty())
            spec.base_url = spec.dialect == "ollama" ? ollama_url(elsewhere) : std::move(elsewhere);
    }
    const std::string google = "GOOGLE_API_KEY";
    if (spec.dialect == "gemini" && spec.key_env == "GEMINI_API_KEY" && !variable(google).empty())
        spec.key_env = google;
    return spec;
}

}  // namespace riva::llm
