#include <riva/llm/model_spec.hpp>

#include "catch.hpp"
#include "error_text.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/http_client.hpp>

#include <string>
#include <utility>
#include <vector>

using riva::llm::errc;
using riva::llm::http_origin;
using riva::llm::model_spec;
using riva::llm::parse_base_url;
using riva::llm::parse_model_spec;

namespace {

model_spec openai(std::string model, std::string base = "https://api.openai.com/v1") {
    return {"openai", std::move(model), std::move(base), "OPENAI_API_KEY"};
}

using parts = std::pair<http_origin, std::string>;

}  // namespace

TEST_CASE("model spec is taken apart and put together again", "[model_spec]") {
    const std::vector<std::pair<std::string, model_spec>> specs{
        {"openai:gpt-5", openai("gpt-5")},
        {"openai:gpt-5@http://127.0.0.1:8080/v1/", openai("gpt-5", "http://127.0.0.1:8080/v1")},
        {"openai:qwen2.5:7b@http://localhost:11434/v1",
         openai("qwen2.5:7b", "http://localhost:11434/v1")},
        {"openai:meta-llama/Llama-3.3:free@https://openrouter.ai/api/v1",
         openai("meta-llama/Llama-3.3:free", "https://openrouter.ai/api/v1")},
        {"openai:@cf/meta/llama@https://x.example/v1",
         openai("@cf/meta/llama", "https://x.example/v1")},
        {"openai:claude@20251001", openai("claude@20251001")},
        {"openai:m@http://[::1]:80", openai("m", "http://[::1]:80")},
        {"openai-responses:gpt-6",
         {"openai-responses", "gpt-6", "https://api.openai.com/v1", "OPENAI_API_KEY"}},
        {"anthropic:claude",
         {"anthropic", "claude", "https://api.anthropic.com", "ANTHROPIC_API_KEY"}},
        {"gemini:g", {"gemini", "g", "https://generativelanguage.googleapis.com", "GEMINI_API_KEY"}
        },
        {"ollama:l:8b", {"ollama", "l:8b", "http://127.0.0.1:11434", "OLLAMA_API_KEY"}},
    };
    for (const auto& [text, spec] : specs) {
        CAPTURE(text);
        const auto parsed = parse_model_spec(text);
        REQUIRE(parsed);
        CHECK(*parsed == spec);
        CHECK(parse_model_spec(to_string(*parsed)).value() == spec);
    }
}

TEST_CASE("model spec that cannot be read is refused with the part that is wrong", "[model_spec]") {
    const std::vector<std::pair<std::string, std::string>> specs{
        {"", "names no dialect"},
        {"gpt-5", "names no dialect"},
        {"llama:x", "unknown dialect"},
        {"openai:", "empty"},
        {"openai:@http://h/v1", "empty"},
        {"openai:a b", "holds blanks"},
        {"openai:a\nb", "'openai:a\\nb'"},
        {"openai:m@localhost:8080", "does not begin with http"},
        {"openai:m@10.0.0.1:8080/v1", "does not begin with http"},
        {"openai:m@ftp://h/v1", "neither http nor https"},
        {"openai:m@http://", "the base URL"},
        {"openai:m@http://h:0/v1", "port"},
        {"openai:m@http://h:99999/v1", "the base URL"},
        {"openai:m@http://h/v1?x=1", "query"},
        {"openai:m@http://h/v1#x", "fragment"},
        {"openai:m@http://user:geheim@h/v1", "user name or password"},
        {"openai:m@http://h h/v1", "the base URL"},
    };
    for (const auto& [text, why] : specs) {
        CAPTURE(text);
        const auto parsed = parse_model_spec(text);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().code == errc::invalid_spec);
        CHECK(parsed.error().context.find(why) != std::string::npos);
        CHECK(parsed.error().context.find("geheim") == std::string::npos);
        CHECK(parsed.error().context.find('\n') == std::string::npos);
    }
}

TEST_CASE("base URL is taken apart", "[model_spec]") {
    CHECK(
        parse_base_url("https://api.openai.com/v1").value() ==
        parts{{true, "api.openai.com", "443"}, "/v1"}
    );
    CHECK(
        parse_base_url("HTTP://Host.Example").value() == parts{{false, "host.example", "80"}, ""}
    );
    CHECK(
        parse_base_url("http://[::1]:8080/a/b//").value() == parts{{false, "::1", "8080"}, "/a/b"}
    );
    for (const auto* each :
         {"",
          "host",
          "/v1",
          "http:///v1",
          "http://a%20b/",
          "http://h\r\nX: y/",
          "http://\xc3\xa4/",
          "http://h/v 1"}) {
        CAPTURE(each);
        CHECK(parse_base_url(each).error().code == errc::invalid_spec);
    }
}
