#include "scripted/script.hpp"

#include "catch.hpp"
#include "scripted/pattern.hpp"
#include "scripted/script_answers.hpp"
#include "scripted/suite.hpp"
#include "temporary_folder.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/scripted_server.hpp>

#include <filesystem>

using namespace riva::llm::scripted;
using riva::llm::errc;

namespace {

std::string trouble_with(std::string_view script) {
    const auto parsed = parse_script(script, "demo.json");
    if (!parsed) {
        CHECK(parsed.error().code == errc::script_invalid);
        return parsed.error().context;
    }
    return "";
}

std::string in_reply(std::string_view members) {
    return trouble_with(
        R"({"rules":[{"replies":[{"text":"a"}]},{"replies":[{)" + std::string(members) + "}]}]}"
    );
}

std::string refused(std::string_view place_and_reason) {
    return "the script cannot be used: demo.json: " + std::string(place_and_reason);
}

/// Answers one request after the other and notes what was said, or the code of the refusal.
class asker {
public:
    explicit asker(std::string_view script)
        : answers_(answers_from(parse_script(script, "script").value())) {}

    std::string operator()(std::string message, std::string model = "m", std::string purpose = "") {
        const auto said = answers_->next({model, purpose, {"before", message}, false, false});
        return said ? said->text : said.error().code;
    }

private:
    std::unique_ptr<answer_source> answers_;
};

/// The text of all code blocks of one language in the guide.
std::vector<std::string> examples(const std::string& language) {
    const auto guide = riva::test::read_file(
        std::filesystem::path(RIVA_SOURCE_DIR) / "docs" / "scripted-server.md"
    );
    const std::string open = "```" + language + "\n";
    std::vector<std::string> found;
    for (std::size_t at = guide.find(open); at != guide.npos; at = guide.find(open, at)) {
        at += open.size();
        found.push_back(guide.substr(at, guide.find("```", at) - at));
    }
    return found;
}

}  // namespace

TEST_CASE("script that is not JSON is refused with line and column", "[scripted][script]") {
    CHECK(
        trouble_with("{\n  \"rules\": [}").starts_with("the script cannot be used: demo.json:2:13:")
    );
    CHECK(trouble_with("").starts_with("the script cannot be used: demo.json:1:1:"));
    CHECK(trouble_with("{} {}").starts_with("the script cannot be used: demo.json:1:4:"));
}

TEST_CASE("script with an error is refused naming the place", "[scripted][script]") {
    CHECK(trouble_with("[]") == refused("the document: expected an object"));
    CHECK(
        trouble_with("{}") == refused("rules: missing: a script is an object with a list of rules")
    );
    CHECK(trouble_with(R"({"rules":[],"rule":1})") == refused("rule: there is no such member"));
    CHECK(
        trouble_with(R"({"rules":[{}]})") ==
        refused("rules[0].replies: a rule has at least one reply")
    );
    CHECK(trouble_with(R"({"rules":[1]})") == refused("rules[0]: expected an object"));
    CHECK(
        trouble_with(R"({"rules":[{"match":{"tier":"huge"},"replies":[{"text":""}]}]})") ==
        refused("rules[0].match.tier: expected one of small, medium, large")
    );
    CHECK(
        trouble_with(R"({"rules":[{"match":{"nth":0},"replies":[{"text":""}]}]})") ==
        refused("rules[0].match.nth: expected a whole number of at least 1")
    );
    CHECK(
        trouble_with(R"({"rules":[{"match":{"contains":[1]},"replies":[{"text":""}]}]})") ==
        refused("rules[0].match.contains: expected a text or a list of texts")
    );
    CHECK(trouble_with(R"({"rules":[{"match":{"pattern":"a("},"replies":[{"text":""}]}]})")
              .starts_with(refused("rules[0].match.pattern: not a regular expression: ")));
    CHECK(
        trouble_with(R"({"defaults":{"behaviour":{"jitter":2}},"rules":[]})") ==
        refused("defaults.behaviour.jitter: expected a number from 0 to 1")
    );
}

TEST_CASE("script refuses a reply that makes no sense", "[scripted][script]") {
    const std::string place = "rules[1].replies[0].";
    CHECK(
        in_reply("") == refused(
                            place + "text: missing: a reply says text, json, refusal, tool_calls "
                                    "or from_schema, or is a fault's status"
                        )
    );
    CHECK(
        in_reply(R"("text":"a","json":1)") ==
        refused(place + "text: only one of text, json and refusal can be said")
    );
    CHECK(in_reply(R"("text":1)") == refused(place + "text: expected a text"));
    CHECK(in_reply(R"("refusal":"")") == refused(place + "refusal: says nothing"));
    CHECK(
        in_reply(R"("text":"","usage":{"prompt_tokens":-1})") ==
        refused(place + "usage.prompt_tokens: expected a whole number of at least 0")
    );
    const std::string fault = place + "fault.";
    CHECK(
        in_reply(R"("fault":{"status":99})") ==
        refused(fault + "status: expected a whole number from 200 to 599")
    );
    CHECK(
        in_reply(R"("fault":{"status":204})") ==
        refused(fault + "status: 204, 205 and 304 have no body and cannot be scripted")
    );
    CHECK(
        in_reply(R"("text":"","fault":{"body":""})") ==
        refused(fault + "body: needs a status beside it")
    );
    CHECK(
        in_reply(R"("fault":{"status":500,"headers":{"a b":"c"}})") ==
        refused(fault + "headers.a b: not a header name")
    );
    CHECK(
        in_reply(R"("fault":{"status":500,"headers":{"a":"b\r\nc: d"}})") ==
        refused(fault + "headers.a: expected a text of one line")
    );
    CHECK(
        in_reply(R"("fault":{"status":500,"headers":{"Content-length":"1"}})") ==
        refused(fault + "headers.Content-length: the server writes this header itself")
    );
    CHECK(
        in_reply(R"("text":"","fault":{"cut":{},"stall":{}})") ==
        refused(fault + "stall: a response is either cut or stalls")
    );
    CHECK(
        in_reply(R"("text":"","fault":{"cut":{"how":"softly"}})") ==
        refused(fault + "cut.how: expected one of close, reset")
    );
}

TEST_CASE(
    "script of which a rule has defaults takes over what it does not say", "[scripted][script]"
) {
    const auto parsed = parse_script(
        R"({"defaults":{"behaviour":{"ttft_ms":5,"jitter":0.5},"fault":{"comments":true}},
            "rules":[{"behaviour":{"tokens_per_second":9},"replies":[
                {"text":"a"},{"text":"b","behaviour":{"ttft_ms":7},"fault":{"split_utf8":true}}]}]})",
        "script"
    );
    REQUIRE(parsed.has_value());
    const auto& replies = parsed->rules[0].replies;
    CHECK(replies[0].behaviour == behaviour{5, 9, 0.5, 0});
    CHECK(replies[1].behaviour == behaviour{7, 9, 0.5, 0});
    CHECK((replies[0].fault.comments && !replies[0].fault.split_utf8));
    CHECK((!replies[1].fault.comments && replies[1].fault.split_utf8));
}

TEST_CASE("script answers by the first rule whose conditions all hold", "[scripted][script]") {
    asker ask(R"({"rules":[
        {"match":{"model":"gpt-*","contains":["red","blue"]},"replies":[{"text":"both"}]},
        {"match":{"tier":"small"},"replies":[{"text":"small"}]},
        {"match":{"purpose":"riva_action"},"replies":[{"json":{"done":true}}]},
        {"match":{"pattern":"^fix .* in \\w+\\.py$"},"replies":[{"text":"pattern"}]},
        {"match":{"model":"?","purpose":""},"replies":[{"text":"one letter"}]}]})");
    CHECK(ask("red and blue", "gpt-9") == "both");
    CHECK(ask("red and green", "gpt-9") == "no_rule");
    CHECK(ask("x", "my-small-model") == "small");
    CHECK(ask("x", "m", "riva_action") == R"({"done":true})");
    CHECK(ask("fix it in a.py", "mm") == "pattern");
    CHECK(ask("please fix it in a.py", "mm") == "no_rule");
    CHECK(ask("x", "m") == "one letter");
    CHECK(ask("x", "m", "other") == "no_rule");
}

TEST_CASE("script refuses what no rule matches naming purpose and message", "[scripted][script]") {
    const auto answers = answers_from(parse_script(R"({"rules":[]})", "script").value());
    const auto said = answers->next({"m", "riva_action", {std::string(200, 'x')}, false, false});
    REQUIRE(said.has_error());
    CHECK(said.error().status == 404);
    CHECK(
        said.error().message ==
        "no rule of the script matches: model 'm', purpose 'riva_action', "
        "last message '" +
            std::string(120, 'x') + "...'"
    );
}

TEST_CASE("script uses replies in order and repeats the last one", "[scripted][script]") {
    asker ask(R"({"rules":[{"replies":[{"text":"1"},{"text":"2"}]}]})");
    CHECK(ask("") + ask("") + ask("") + ask("") == "1222");
}

TEST_CASE("script refuses more requests than replies when told so", "[scripted][script]") {
    asker ask(R"({"rules":[{"replies":[{"text":"1"}],"exhausted":"error"},
                           {"replies":[{"text":"never"}]}]})");
    CHECK(ask("") == "1");
    CHECK(ask("") == "script_exhausted");
}

TEST_CASE("script answers the nth request by its own rule", "[scripted][script]") {
    asker ask(R"({"rules":[
        {"match":{"nth":2},"replies":[{"text":"second"}]},
        {"match":{"contains":"a","nth":3},"replies":[{"text":"third a"}]},
        {"replies":[{"text":"other"}]}]})");
    CHECK(ask("a") == "other");
    CHECK(ask("a") == "second");
    CHECK(ask("b") == "other");
    CHECK(ask("a") == "third a");
    CHECK(ask("a") == "other");
}

TEST_CASE("script refuses a message on which its pattern takes too long", "[scripted][script]") {
    asker ask(R"({"rules":[{"match":{"pattern":"^(\\w|x)*\\1y$"},"replies":[{"text":"never"}]}]})");
    CHECK(ask(std::string(60, 'x')) == "pattern_too_costly");
    CHECK(ask("xxy") == "never");
}

TEST_CASE("glob matches whole names only", "[scripted][script]") {
    CHECK(glob_matches("*", ""));
    CHECK(glob_matches("a*b*c", "a-b-b-c"));
    CHECK(glob_matches("gpt-?", "gpt-4"));
    CHECK_FALSE(glob_matches("gpt-?", "gpt-"));
    CHECK_FALSE(glob_matches("a*b", "abc"));
    CHECK_FALSE(glob_matches("", "a"));
    CHECK_FALSE(glob_matches(std::string(40, '*') + "b", std::string(4000, 'a')));
}

TEST_CASE("tier is the first of its words in the name of a model", "[scripted][script]") {
    CHECK(tier_of("test-small") == model_tier::small);
    CHECK(tier_of("medium") == model_tier::medium);
    CHECK(tier_of("large-as-a-small") == model_tier::large);
    CHECK(tier_of("gpt-9") == model_tier::large);
}

TEST_CASE("guide to the scripted server has only examples that can be used", "[scripted][script]") {
    const auto scripts = examples("json");
    REQUIRE(scripts.size() >= 3);
    for (const auto& script : scripts) CHECK(trouble_with(script) == "");
    const auto suites = examples("jsonl");
    REQUIRE(suites.size() == 1);
    CHECK(parse_suite(suites[0], "guide").value().tasks.size() == 1);
}

TEST_CASE("script file that cannot be read is refused by name", "[scripted][script]") {
    const riva::test::temporary_folder folder;
    using riva::llm::scripted_server;
    for (const auto& file : {folder / "missing.json", folder.path()}) {
        const auto server = scripted_server::from_script_file(file, {});
        REQUIRE(server.has_error());
        CHECK(server.error().context == "cannot read " + file.string() + ": check the path");
    }
    const auto server = scripted_server::from_script_file(folder.write("a.json", "{"), {});
    REQUIRE(server.has_error());
    CHECK(
        server.error().context.find((folder / "a.json").string() + ":1:2: ") != std::string::npos
    );
}
