#include "scripted/model_list.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

constexpr const char* epoch = "1970-01-01T00:00:00Z";

template <class Make>
json::array listed(const std::vector<std::string>& names, Make make) {
    json::array list;
    for (const std::string& name : names) list.push_back(make(name));
    return list;
}

std::string openai_list(const std::vector<std::string>& names) {
    auto list = listed(names, [](const std::string& name) {
        return json::object{
            {"id", name}, {"object", "model"}, {"created", 0}, {"owned_by", "riva"}
        };
    });
    return json::serialize(json::object{{"object", "list"}, {"data", std::move(list)}});
}

std::string anthropic_list(const std::vector<std::string>& names) {
    auto list = listed(names, [](const std::string& name) {
        return json::object{
            {"type", "model"}, {"id", name}, {"display_name", name}, {"created_at", epoch}
        };
    });
    return json::serialize(json::object{
        {"data", std::move(list)},
        {"first_id", names.front()},
        {"last_id", names.back()},
        {"has_more", false},
    });
}

std::string gemini_list(const std::vector<std::string>& names) {
    auto list = listed(names, [](const std::string& name) {
        return json::object{
            {"name", "models/" + name},
            {"displayName", name},
            {"supportedGenerationMethods", json::array{"generateContent", "countTokens"}},
        };
    });
    return json::serialize(json::object{{"models", std::move(list)}});
}

std::string ollama_list(const std::vector<std::string>& names) {
    auto list = listed(names, [](const std::string& name) {
        return json::object{
            {"name", name},
            {"model", name},
            {"modified_at", epoch},
            {"size", 0},
            {"digest", std::string(64, '0')},
            {"details", {{"format", "gguf"}, {"family", "riva"}}},
        };
    });
    return json::serialize(json::object{{"models", std::move(list)}});
}

}  // namespace

std::optional<std::string> model_list(
    const http_call& call, const std::vector<std::string>& names
) {
    const std::string_view path = call.path();
    if (path == "/api/tags") return ollama_list(names);
    if (path == "/v1beta/models") return gemini_list(names);
    if (path != "/v1/models" && path != "/models") return std::nullopt;
    if (!call.header("anthropic-version").empty()) return anthropic_list(names);
    if (!call.header("x-goog-api-key").empty()) return gemini_list(names);
    return openai_list(names);
}

}  // namespace riva::llm::scripted
