#include <riva/llm/provider_environment.hpp>

#include "catch.hpp"

#include <map>
#include <string>

using namespace riva::llm;

namespace {

model_spec found(const std::string& text, const std::map<std::string, std::string>& variables) {
    return in_environment(parse_model_spec(text).value(), [&](const std::string& name) {
        const auto at = variables.find(name);
        return at == variables.end() ? std::string() : at->second;
    });
}

}  // namespace

TEST_CASE(
    "a provider's own variables choose its server, but no server that was named", "[model_spec]"
) {
    const std::map<std::string, std::string> variables{
        {"OPENAI_BASE_URL", "http://127.0.0.1:1/v1/"},
        {"ANTHROPIC_BASE_URL", "http://127.0.0.1:2"},
        {"GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:3"},
        {"OLLAMA_HOST", "0.0.0.0"},
    };
    CHECK(found("openai:m", variables).base_url == "http://127.0.0.1:1/v1");
    CHECK(found("openai-responses:m", variables).base_url == "http://127.0.0.1:1/v1");
    CHECK(found("anthropic:m", variables).base_url == "http://127.0.0.1:2");
    CHECK(found("gemini:m", variables).base_url == "http://127.0.0.1:3");
    CHECK(found("ollama:m", variables).base_url == "http://127.0.0.1:11434");
    CHECK(found("gemini:m@https://h", variables).base_url == "https://h");
    CHECK(found("gemini:m", {}) == parse_model_spec("gemini:m").value());
}

TEST_CASE(
    "GOOGLE_API_KEY wins over GEMINI_API_KEY, but not over a variable that was named",
    "[model_spec]"
) {
    CHECK(found("gemini:m", {{"GEMINI_API_KEY", "a"}}).key_env == "GEMINI_API_KEY");
    CHECK(
        found("gemini:m", {{"GEMINI_API_KEY", "a"}, {"GOOGLE_API_KEY", "b"}}).key_env ==
        "GOOGLE_API_KEY"
    );
    CHECK(found("gemini:m", {{"GOOGLE_API_KEY", ""}}).key_env == "GEMINI_API_KEY");
    CHECK(found("openai:m", {{"GOOGLE_API_KEY", "b"}}).key_env == "OPENAI_API_KEY");
    model_spec named = parse_model_spec("gemini:m").value();
    named.key_env = "MINE";
    CHECK(in_environment(named, [](const std::string&) {
              return std::string("b");
          }).key_env == "MINE");
}

TEST_CASE("OLLAMA_HOST is read as the server's own client reads it", "[model_spec]") {
    const std::map<std::string, std::string> hosts{
        {"box", "http://box:11434"},
        {"box:80", "http://box:80"},
        {":8080", "http://127.0.0.1:8080"},
        {"0.0.0.0:8080", "http://127.0.0.1:8080"},
        {" 10.0.0.2 ", "http://10.0.0.2:11434"},
        {"::1", "http://[::1]:11434"},
        {"[::1]", "http://[::1]:11434"},
        {"[::1]:80", "http://[::1]:80"},
        {"[::]", "http://[::1]:11434"},
        {"http://box", "http://box"},
        {"https://box/ollama/", "https://box/ollama"},
        {"box:", "http://box:11434"},
    };
    for (const auto& [host, url] : hosts) {
        CAPTURE(host);
        CHECK(ollama_url(host) == url);
    }
}
