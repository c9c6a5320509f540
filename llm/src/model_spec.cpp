#include <riva/llm/model_spec.hpp>

#include "utf8.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/http_client.hpp>

#include <algorithm>
#include <array>

namespace riva::llm {
namespace {

struct dialect {
    std::string_view name;
    std::string_view base_url;
    std::string_view key_env;
};

constexpr std::array dialects{
    dialect{"openai", "https://api.openai.com/v1", "OPENAI_API_KEY"},
    dialect{"openai-responses", "https://api.openai.com/v1", "OPENAI_API_KEY"},
    dialect{"anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY"},
    dialect{"gemini", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY"},
    dialect{"ollama", "http://127.0.0.1:11434", "OLLAMA_API_KEY"},
};

/// `a, b or c`
std::string available_names() {
    std::string names;
    std::string_view last;
    for (const dialect& each : dialects) {
        if (!last.empty()) names.append(names.empty() ? "" : ", ").append(last);
        last = each.name;
    }
    return names.append(names.empty() ? "" : " or ").append(last);
}

error refused(std::string what) {
    return {
        errc::invalid_spec,
        std::move(what) + "; write DIALECT:MODEL[@BASE_URL] with DIALECT " + available_names() +
            ", for example openai:gpt-5@http://127.0.0.1:8080/v1"
    };
}

/// Where the base URL begins. Model names may hold `@` themselves, so only an `@` before a scheme
/// counts.
std::size_t find_base_url(std::string_view rest) {
    const std::size_t scheme = rest.rfind("://");
    if (scheme == rest.npos) return rest.npos;
    const std::size_t at = rest.rfind('@', scheme);
    return at == rest.npos ? rest.npos : at + 1;
}

/// `gpt@localhost:8080` would be sent to the provider with all of its name as the model's.
bool looks_like_host(std::string_view text) {
    if (text.starts_with("localhost") || text.starts_with('[')) return true;
    const std::size_t colon = text.find(':');
    if (colon == text.npos) return false;
    const std::string_view port = text.substr(colon + 1, text.find('/', colon) - colon - 1);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !port.empty() && std::ranges::all_of(port, is_digit);
}

bool is_model_name(std::string_view name) {
    return !name.empty() && name.size() <= 256 &&
           std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

result<model_spec> parse_model_spec(std::string_view text) {
    const std::string shown = "'" + printable(text, 200) + "'";
    const std::size_t colon = text.find(':');
    if (colon == text.npos) return refused("the model " + shown + " names no dialect");
    const std::string_view name = text.substr(0, colon);
    const auto known = std::ranges::find(dialects, name, &dialect::name);
    if (known == dialects.end())
        return refused("the model " + shown + " begins with an unknown dialect");

    const std::string_view rest = text.substr(colon + 1);
    const std::size_t url = find_base_url(rest);
    const std::string_view model = rest.substr(0, url == rest.npos ? url : url - 1);
    if (!is_model_name(model))
        return refused("the model name in " + shown + " is empty, too long or holds blanks");
    const std::size_t at = model.rfind('@');
    if (at != model.npos && looks_like_host(model.substr(at + 1)))
        return refused("the base URL in " + shown + " does not begin with http:// or https://");

    std::string base(url == rest.npos ? known->base_url : rest.substr(url));
    while (base.ends_with('/')) base.pop_back();
    if (const auto parsed = parse_base_url(base); !parsed) return parsed.error();
    return model_spec{
        std::string(name), std::string(model), std::move(base), std::string(known->key_env)
    };
}

std::string to_string(const model_spec& spec) {
    return spec.dialect + ":" + spec.model + "@" + spec.base_url;
}

}  // namespace riva::llm
