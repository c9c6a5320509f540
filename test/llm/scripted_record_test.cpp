#include "catch.hpp"
#include "heard.hpp"
#include "temporary_folder.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <filesystem>

using namespace riva::test;
using riva::llm::scripted_server;
namespace json = boost::json;

namespace {

scripted_server recording(std::uint16_t upstream, const std::filesystem::path& script) {
    return scripted_server::recording(
               "http://127.0.0.1:" + std::to_string(upstream), script, {"127.0.0.1", 0, 1, 0, {}}
    ).value();
}

scripted_server replaying(const std::filesystem::path& script) {
    return scripted_server::from_script_file(script, {"127.0.0.1", 0, 1, 0, {}}).value();
}

/// What a server answers to two questions in each dialect, whole and streamed.
std::vector<raw_response> interview(std::uint16_t port) {
    std::vector<raw_response> answers;
    for (const std::string dialect : dialects)
        for (const bool stream : {false, true})
            for (const std::string message : {"first", "Zwölf?", "first"}) {
                std::string request = ask_in(dialect, message, stream);
                request.insert(request.find("\r\n") + 2, "Authorization: Bearer k-1\r\n");
                answers.push_back(fetch(port, request));
            }
    return answers;
}

}  // namespace

TEST_CASE("recorded script answers byte for byte as the real server did", "[scripted][record]") {
    const temporary_folder folder;
    const auto script = folder.path() / "recorded.json";
    const served real(
        R"({"key":"k-1","rules":[{"match":{"message":"first"},"replies":[{"text":"Bäume, 😀.",
            "reasoning":"why"},{"tool_calls":[{"name":"f","arguments":{"a":1}}]}]},
            {"replies":[{"fault":{"status":429,"headers":{"Retry-After":"3"}}},{"text":"x"}]}]})"
    );
    std::vector<raw_response> said;
    {
        const served recorder(recording(real.port(), script));
        said = interview(recorder.port());
        CHECK(json::parse(get(real.port(), "/stats")).at("requests") == said.size());
    }
    const served replay(replaying(script));
    const auto again = interview(replay.port());
    REQUIRE(again.size() == said.size());
    for (std::size_t i = 0; i < said.size(); ++i) {
        CAPTURE(i);
        CHECK(said[i].complete);
        CHECK(again[i].complete);
        CHECK(again[i].status == said[i].status);
        CHECK(again[i].body == said[i].body);
        CHECK(again[i].headers.at("content-type") == said[i].headers.at("content-type"));
        if (said[i].status == 429) CHECK(again[i].headers.at("retry-after") == "3");
    }
    CHECK(read_file(script).find("k-1") == std::string::npos);
}

TEST_CASE("recorder passes on what is no question, and keeps nothing of it", "[scripted][record]") {
    const temporary_folder folder;
    const auto script = folder.path() / "recorded.json";
    const served real(R"({"rules":[{"match":{"model":"m-1"},"replies":[{"text":"a"}]}]})");
    const served recorder(recording(real.port(), script));
    CHECK(get(recorder.port(), "/v1/models") == get(real.port(), "/v1/models"));
    CHECK(fetch(recorder.port(), ask_in("openai", "hi", false)).status == 404);
    CHECK(json::parse(read_file(script)).at("rules").as_array().size() == 1);
}

TEST_CASE("recorder keeps nothing of an answer that was cut off", "[scripted][record]") {
    const temporary_folder folder;
    const auto script = folder.path() / "recorded.json";
    const served real(
        R"({"rules":[{"replies":[{"text":"a long answer","fault":{"cut":{"after":50}}}]}]})"
    );
    const served recorder(recording(real.port(), script));
    const auto r = fetch(recorder.port(), ask_in("anthropic", "hi", true));
    CHECK(r.body.size() == 50);
    CHECK_FALSE(r.complete);
    CHECK_FALSE(std::filesystem::exists(script));
}

TEST_CASE("recorder says in the dialect that the real server is not there", "[scripted][record]") {
    const temporary_folder folder;
    std::uint16_t gone = 0;
    {
        const served real(R"({"rules":[]})");
        gone = real.port();
    }
    const served recorder(recording(gone, folder.path() / "recorded.json"));
    const auto r = fetch(recorder.port(), ask_in("anthropic", "hi", true));
    CHECK(r.status == 502);
    CHECK(json::parse(r.body).at_pointer("/error/type") == "api_error");
}

TEST_CASE("recorder refuses an address that is none", "[scripted][record]") {
    const auto server = scripted_server::recording("nowhere", "script.json", {});
    REQUIRE_FALSE(server.has_value());
    CHECK(server.error().code == riva::llm::errc::invalid_spec);
}
