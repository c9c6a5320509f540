#include "catch.hpp"
#include "heard.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

using namespace riva::test;
namespace json = boost::json;

namespace {

served replying(std::string_view reply) {
    return served(R"({"rules":[{"replies":[)" + std::string(reply) + "]}]}");
}

/// The names of the events of a stream, each once for a run of the same.
std::string event_names(const std::string& body) {
    std::string names;
    std::string last;
    for (std::size_t at = body.find("event: "); at != body.npos; at = body.find("event: ", at)) {
        at += 7;
        const std::string name = body.substr(at, body.find('\n', at) - at);
        if (name != last) names += (names.empty() ? "" : " ") + name;
        last = name;
    }
    return names;
}

}  // namespace

TEST_CASE(
    "scripted server says the same in every dialect, whole and streamed", "[scripted][dialect]"
) {
    const served server = replying(
        R"({"text":"Zwölf Bäume.","reasoning":"Counting them.","usage":
            {"prompt_tokens":90,"completion_tokens":12}})"
    );
    for (const std::string dialect : dialects)
        for (const bool stream : {false, true}) {
            CAPTURE(dialect, stream);
            const heard h = hear(server, dialect, stream);
            CHECK(h.ended);
            CHECK(h.text == "Zwölf Bäume.");
            CHECK(h.reasoning == "Counting them.");
            CHECK(h.calls.empty());
            CHECK(h.input == 90);
            CHECK(h.output == 12);
        }
}

TEST_CASE(
    "scripted server calls tools in every dialect, whole and streamed", "[scripted][dialect]"
) {
    const served server = replying(
        R"({"text":"Both.","tool_calls":[{"name":"read","arguments":{"path":"a b","line":3}},
            {"id":"own","name":"list"}]})"
    );
    const std::vector<std::pair<std::string, std::string>> calls{
        {"read", R"({"path":"a b","line":3})"}, {"list", "{}"}
    };
    for (const std::string dialect : dialects)
        for (const bool stream : {false, true}) {
            CAPTURE(dialect, stream);
            const heard h = hear(server, dialect, stream);
            CHECK(h.ended);
            CHECK(h.text == "Both.");
            CHECK(h.calls == calls);
        }
}

TEST_CASE("scripted server ends in the words of each dialect", "[scripted][dialect]") {
    const auto finish = [](std::string_view reply, std::string_view dialect) {
        const served server = replying(reply);
        const heard whole = hear(server, dialect, false);
        CHECK(whole.finish == hear(server, dialect, true).finish);
        return whole.finish;
    };
    const auto finishes = [&](std::string_view reply) {
        std::string all;
        for (const auto* dialect : dialects)
            all += (all.empty() ? "" : " ") + finish(reply, dialect);
        return all;
    };
    CHECK(finishes(R"({"text":"a"})") == "stop completed end_turn STOP stop");
    CHECK(
        finishes(R"({"text":"a","finish_reason":"length"})") ==
        "length incomplete max_tokens MAX_TOKENS length"
    );
    CHECK(
        finishes(R"({"tool_calls":[{"name":"f"}]})") == "tool_calls completed tool_use STOP stop"
    );
}

TEST_CASE("scripted server refuses in the way of each dialect", "[scripted][dialect]") {
    const served server = replying(R"({"refusal":"No."})");
    for (const std::string dialect : dialects)
        for (const bool stream : {false, true}) {
            CAPTURE(dialect, stream);
            const heard h = hear(server, dialect, stream);
            const bool as_text = dialect == "anthropic" || dialect == "ollama";
            CHECK((as_text ? h.text : h.refusal) == "No.");
            CHECK((as_text ? h.refusal : h.text).empty());
            if (dialect == "anthropic") CHECK(h.finish == "refusal");
        }
}

TEST_CASE("scripted server makes up what a request demands", "[scripted][dialect]") {
    const served server = replying(R"({"text":"Hello.","from_schema":true})");
    for (const std::string dialect : dialects)
        for (const bool stream : {false, true}) {
            CAPTURE(dialect, stream);
            CHECK(hear(server, dialect, stream).text == "Hello.");
            CHECK(
                hear(server, dialect, stream, demand_schema(dialect)).text ==
                R"({"verdict":"pass"})"
            );
            if (dialect == "ollama") continue;  // it cannot demand a call
            const heard h = hear(server, dialect, stream, demand_call(dialect));
            CHECK(h.text.empty());
            REQUIRE(h.calls.size() == 1);
            CHECK(
                h.calls[0] == std::pair<std::string, std::string>("report", R"({"verdict":"pass"})")
            );
        }
}

TEST_CASE("scripted server without a script answers anything", "[scripted][dialect]") {
    const served server(riva::llm::scripted_server::answering_anything({"127.0.0.1", 0, 1, 0, {}}));
    CHECK_FALSE(hear(server, "anthropic", true).text.empty());
    CHECK(hear(server, "gemini", false, demand_schema("gemini")).text == R"({"verdict":"pass"})");
}

TEST_CASE("scripted server knows a purpose by the title of the schema", "[scripted][dialect]") {
    const served server(
        R"({"rules":[{"match":{"purpose":"check"},"replies":[{"text":"checked"}]},
            {"match":{"dialect":"gemini","stream":true},"replies":[{"text":"streamed by Gemini"}]},
            {"match":{"message":"exactly"},"replies":[{"text":"exact"}]},
            {"replies":[{"text":"other"}]}]})"
    );
    for (const std::string dialect : dialects)
        CHECK(hear(server, dialect, false, demand_schema(dialect)).text == "checked");
    CHECK(hear(server, "gemini", true).text == "streamed by Gemini");
    CHECK(hear(server, "gemini", false).text == "other");
    CHECK(hear(server, "anthropic", true, "", "exactly").text == "exact");
    CHECK(hear(server, "anthropic", true, "", "exactly so").text == "other");
}

TEST_CASE("scripted server streams the events of Anthropic in their order", "[scripted][dialect]") {
    const served server = replying(
        R"({"text":"Text.","reasoning":"Thought.","signature":"s1","tool_calls":[{"name":"f"}]})"
    );
    const auto r = fetch(server.port(), ask_in("anthropic", "hi", true));
    CHECK(
        event_names(r.body) ==
        "message_start content_block_start content_block_delta content_block_stop ping "
        "content_block_start content_block_delta content_block_stop "
        "content_block_start content_block_delta content_block_stop message_delta message_stop"
    );
    CHECK(r.headers.count("request-id") == 1);
    CHECK(hear("anthropic", r).signature == "s1");
}

TEST_CASE("scripted server streams the events of Responses in their order", "[scripted][dialect]") {
    const served server =
        replying(R"({"text":"Text.","reasoning":"Thought.","tool_calls":[{"name":"f"}]})");
    const auto r = fetch(server.port(), ask_in("openai-responses", "hi", true));
    CHECK(
        event_names(r.body) ==
        "response.created response.in_progress response.output_item.added "
        "response.reasoning_summary_part.added response.reasoning_summary_text.delta "
        "response.reasoning_summary_text.done response.reasoning_summary_part.done "
        "response.output_item.done response.output_item.added response.content_part.added "
        "response.output_text.delta response.output_text.done response.content_part.done "
        "response.output_item.done response.output_item.added "
        "response.function_call_arguments.delta response.function_call_arguments.done "
        "response.output_item.done response.completed"
    );
    std::int64_t number = 0;
    for (const auto& data : event_data(r.body))
        CHECK(json::parse(data).at("sequence_number") == number++);
}

TEST_CASE(
    "scripted server streams Gemini as a list when no events are asked for", "[scripted][dialect]"
) {
    const served server = replying(R"({"text":"Some text."})");
    const auto r = fetch(
        server.port(),
        post(
            R"({"contents":[{"parts":[{"text":"hi"}]}]})", "/v1beta/models/m:streamGenerateContent"
        )
    );
    CHECK(r.headers.at("content-type") == "application/json");
    CHECK(json::parse(r.body).as_array().size() == 4);
    CHECK(hear("gemini", r).text == "Some text.");
}

TEST_CASE(
    "scripted server streams Ollama in lines, also when nothing is said of it",
    "[scripted][dialect]"
) {
    const served server = replying(R"({"text":"Some text."})");
    const auto r = fetch(server.port(), ask_in("ollama", "hi", true));
    CHECK(r.headers.at("content-type") == "application/x-ndjson");
    CHECK(hear("ollama", r).ended);
}

TEST_CASE(
    "scripted server evaluates as much of a prompt as Ollama's context holds", "[scripted][dialect]"
) {
    const served server = replying(R"({"text":"a"})");
    const std::string prompt(40'000, 'x');
    CHECK(hear(server, "ollama", true, "", prompt).input == 4096);
    CHECK(hear(server, "ollama", true, R"(,"options":{"num_ctx":20000})", prompt).input == 10'000);
    const auto journal = json::parse(get(server.port(), "/journal"));
    CHECK(journal.at(1).at("num_ctx") == 20'000);
    CHECK(journal.at(1).at("dialect") == "ollama");
}

TEST_CASE(
    "scripted server splits Anthropic's input into fresh, read and written", "[scripted][dialect]"
) {
    const served server = replying(
        R"({"text":"a","usage":{"prompt_tokens":100,"cached_tokens":60,"cache_write_tokens":30}})"
    );
    const auto r = json::parse(fetch(server.port(), ask_in("anthropic", "hi", false)).body);
    CHECK(r.at_pointer("/usage/input_tokens") == 10);
    CHECK(r.at_pointer("/usage/cache_read_input_tokens") == 60);
    CHECK(r.at_pointer("/usage/cache_creation_input_tokens") == 30);
}

TEST_CASE("scripted server counts tokens without using up an answer", "[scripted][dialect]") {
    const served server(R"({"rules":[]})");
    const auto counted = fetch(
        server.port(),
        "POST /v1/messages/count_tokens HTTP/1.1\r\nHost: h\r\nanthropic-version: 2023-06-01\r\n"
        "Content-Type: application/json\r\nContent-Length: 69\r\n\r\n"
        R"({"model":"m","messages":[{"role":"user","content":"twelve bytes"}] } )"
    );
    CHECK(counted.body == R"({"input_tokens":3})");
    const auto gemini = fetch(
        server.port(),
        post(
            R"({"contents":[{"parts":[{"text":"twelve bytes"}]}]})", "/v1beta/models/m:countTokens"
        )
    );
    CHECK(gemini.body == R"({"totalTokens":3})");
}

TEST_CASE("scripted server demands a key in any of the usual ways", "[scripted][dialect]") {
    const served server(R"({"key":"k-1","rules":[{"replies":[{"text":"in"}]}]})");
    const auto with = [&](std::string_view dialect, std::string_view field) {
        std::string request = ask_in(dialect, "hi", false);
        if (!field.empty()) request.insert(request.find("\r\n") + 2, std::string(field) + "\r\n");
        return fetch(server.port(), request);
    };
    for (const std::string dialect : dialects) {
        CAPTURE(dialect);
        for (const std::string field :
             {"Authorization: Bearer k-1", "x-api-key: k-1", "api-key: k-1", "x-goog-api-key: k-1"})
            CHECK(with(dialect, field).status == 200);
        CHECK(with(dialect, "").status == 401);
        CHECK(with(dialect, "Authorization: Bearer k-2").status == 401);
    }
    const auto error = [&](std::string_view dialect) {
        return json::parse(with(dialect, "").body);
    };
    CHECK(error("openai").at_pointer("/error/code") == "invalid_api_key");
    CHECK(error("openai-responses").at_pointer("/error/code") == "invalid_api_key");
    CHECK(error("anthropic").at_pointer("/error/type") == "authentication_error");
    CHECK(error("gemini").at_pointer("/error/status") == "UNAUTHENTICATED");
    CHECK(error("ollama").at("error").is_string());
    const std::string journal = get(server.port(), "/journal");
    CHECK(journal.find(R"("auth":"x-goog-api-key")") != journal.npos);
    CHECK(journal.find("k-1") == journal.npos);
}

TEST_CASE("scripted server lists its models as each dialect does", "[scripted][dialect]") {
    const served server(R"({"rules":[{"match":{"model":"m-1"},"replies":[{"text":"a"}]}]})");
    const auto list = [&](std::string_view path, std::string_view field = "") {
        return json::parse(fetch(
                               server.port(),
                               "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" +
                                   std::string(field) + "\r\n"
        )
                               .body);
    };
    CHECK(list("/v1/models").at_pointer("/data/0/object") == "model");
    CHECK(
        list("/v1/models", "anthropic-version: 2023-06-01\r\n").at_pointer("/data/0/type") ==
        "model"
    );
    CHECK(list("/v1beta/models").at_pointer("/models/0/name") == "models/m-1");
    CHECK(list("/api/tags").at_pointer("/models/0/model") == "m-1");
    CHECK(list("/api/version").at("version").is_string());
}

TEST_CASE(
    "scripted server says in the shape of each dialect what nobody serves", "[scripted][dialect]"
) {
    const served server(R"({"rules":[]})");
    const auto missing = [&](std::string_view path) {
        const auto r = fetch(server.port(), post("{}", path));
        CHECK(r.status == 404);
        return json::parse(r.body);
    };
    CHECK(missing("/v1/messages/batches").at("type") == "error");
    CHECK(missing("/v1beta/models/m:embedContent").at_pointer("/error/status") == "NOT_FOUND");
    CHECK(missing("/api/embed").at("error").is_string());
    CHECK(missing("/v1/embeddings").at_pointer("/error/code") == "unknown_url");
}

TEST_CASE("scripted server wants signatures back as they were", "[scripted][dialect]") {
    const served server = replying(
        R"({"tool_calls":[{"name":"f","arguments":{"a":1}}],"signature":"sig","reasoning":"why"})"
    );
    CHECK(hear(server, "gemini", true).signature == "sig");
    const auto replay = [&](std::string_view signature) {
        return fetch(
            server.port(),
            post(
                R"({"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{
                    "functionCall":{"name":"f","args":{"a":1}})" +
                    std::string(signature) +
                    R"(}]},{"role":"user","parts":[{"functionResponse":{"name":"f",
                        "response":{"output":"x"}}}]}]})",
                "/v1beta/models/m:generateContent"
            )
        );
    };
    CHECK(replay(R"(,"thoughtSignature":"sig")").status == 200);
    CHECK(replay(R"(,"thoughtSignature":"other")").status == 400);
    const auto refused = replay("");
    CHECK(refused.status == 400);
    CHECK(refused.body.find("missing a thought_signature") != std::string::npos);
}
