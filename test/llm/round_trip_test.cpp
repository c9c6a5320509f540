#include "catch.hpp"
#include "decoding.hpp"
#include "error_text.hpp"
#include "served.hpp"

#include <string>
#include <vector>

using namespace riva::llm;

namespace {

const std::string schema = R"({"type":"object","properties":{"path":{"type":"string"}},)"
                           R"("required":["path"],"additionalProperties":false})";

chat_request begun() {
    chat_request request;
    request.messages = {{role::system, "be brief"}, {role::user, "go"}};
    request.tools = {{"read", "reads a file", schema}};
    return request;
}

std::vector<std::string> specs(std::uint16_t port) {
    const std::string server = "@http://127.0.0.1:" + std::to_string(port);
    return {"anthropic:m" + server, "openai-responses:m" + server + "/v1"};
}

}  // namespace

TEST_CASE("a conversation with tools goes on in every dialect that keeps turns", "[round_trip]") {
    const riva::test::served server(
        R"({"rules":[{"match":{"contains":"go"},"replies":[{"reasoning":"It is needed.",)"
        R"("signature":"c2ln","text":"I look.","tool_calls":[{"name":"read","arguments":{"path":"a"}}]}]},)"
        R"({"replies":[{"text":"It says so."}]}]})"
    );
    for (const std::string& spec : specs(server.port()))
        for (const bool stream : {true, false}) {
            CAPTURE(spec, stream);
            chat_request request = begun();
            request.stream = stream;
            const auto first = riva::test::complete(spec, request, "key-of-the-test");
            REQUIRE(first);
            CHECK(first->text == "I look.");
            CHECK(first->reasoning == "It is needed.");
            REQUIRE(first->tool_calls.size() == 1);
            CHECK(first->tool_calls[0].arguments == R"({"path":"a"})");
            REQUIRE(first->native);
            CHECK(first->native->json.find("c2ln") != std::string::npos);
            CHECK(first->usage_known);
            request.messages.push_back(to_message(*first));
            request.messages.push_back({role::tool, "so it is", {}, first->tool_calls[0].id, "read"}
            );
            const auto second = riva::test::complete(spec, request, "key-of-the-test");
            REQUIRE(second);
            CHECK(second->text == "It says so.");
            CHECK(second->stop == stop_reason::end_turn);
            request.messages[2].native->provider = "another";
            CHECK(riva::test::complete(spec, request, "key-of-the-test"));
        }
}

TEST_CASE("a schema is asked for and kept in every dialect", "[round_trip]") {
    const riva::test::served server(R"({"rules":[{"replies":[{"json":{"path":"a"}}]}]})");
    for (const std::string& spec : specs(server.port())) {
        CAPTURE(spec);
        chat_request request = begun();
        request.tools.clear();
        request.effort = "high";
        request.schema = answer_schema{"where", schema};
        const auto got = riva::test::complete(spec, request, "key-of-the-test");
        REQUIRE(got);
        CHECK(got->text == R"({"path":"a"})");
        CHECK(got->attempts == 1);
    }
}
