#include "scripted/http_call.hpp"

#include <algorithm>
#include <array>

namespace riva::llm::scripted {

std::string_view http_call::header(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& field) {
        return field.first == name;
    });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view http_call::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view http_call::parameter(std::string_view name) const {
    std::string_view rest = target;
    rest.remove_prefix(std::min(path().size() + 1, rest.size()));
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        if (pair.substr(0, pair.find('=')) != name) continue;
        return pair.substr(std::min(name.size() + 1, pair.size()));
    }
    return {};
}

shown_key key_of(const http_call& call) {
    constexpr std::string_view bearer = "bearer ";
    std::string_view value = call.header("authorization");
    std::string scheme(value.substr(0, bearer.size()));
    for (char& c : scheme)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (scheme == bearer) return {"bearer", std::string(value.substr(bearer.size()))};
    for (const auto* name : {"x-api-key", "api-key", "x-goog-api-key"}) {
        value = call.header(name);
        if (!value.empty()) return {name, std::string(value)};
    }
    value = call.parameter("key");
    if (!value.empty()) return {"key", std::string(value)};
    return {};
}

}  // namespace riva::llm::scripted
