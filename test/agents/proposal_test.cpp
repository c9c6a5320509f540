#include "proposal.hpp"

#include "catch.hpp"
#include "world.hpp"

#include <riva/agents/error.hpp>

using namespace riva;
using namespace riva::agents;
using Catch::Contains;

TEST_CASE("parse_proposal reads every type of action", "[proposal]") {
    const std::vector<action> actions{
        create_file{"a.py", "x = 1\n"},
        create_file{"empty.py", ""},
        edit_file{"a.py", {{"x", "y"}, {"1", ""}}},
        delete_file{"a.py"},
        run_command{{"ls", "-l"}, "src"},
        query{query_kind::read, "a.py", ""},
        query{query_kind::search, "src", "needle"},
        query{query_kind::list, "", ""},
    };
    for (const auto& each : actions) {
        INFO(summary(each));
        const auto parsed = parse_proposal(test::propose(each, false, "why"));
        REQUIRE(parsed.has_value());
        CHECK(parsed->action == each);
        CHECK(parsed->thought == "why");
        CHECK_FALSE(parsed->done);
    }
}

TEST_CASE("parse_proposal runs a shell line with sh", "[proposal]") {
    const auto parsed = parse_proposal(
        R"({"thought":"t","action":{"type":"command","command":"ls | wc"},"expectation":"","done":true})"
    );
    REQUIRE(parsed.has_value());
    CHECK(parsed->action == action(run_command{{"sh", "-c", "ls | wc"}, ""}));
}

TEST_CASE("parse_proposal refuses what makes no sense, in one sentence", "[proposal]") {
    const std::vector<std::string> refused{
        "",
        "[]",
        "no JSON",
        R"({})",
        R"({"action":null})",
        R"({"action":[]})",
        R"({"action":{}})",
        R"({"action":{"type":"dance"}})",
        R"({"action":{"type":"create","content":"x"}})",
        R"({"action":{"type":"create","path":"","content":"x"}})",
        R"({"action":{"type":"create","path":"a"}})",
        R"({"action":{"type":"create","path":"a","content":null}})",
        R"({"action":{"type":"edit","path":"a"}})",
        R"({"action":{"type":"edit","path":"a","edits":[]}})",
        R"({"action":{"type":"edit","path":"a","edits":[1]}})",
        R"({"action":{"type":"edit","path":"a","edits":[{"find":"x"}]}})",
        R"({"action":{"type":"delete"}})",
        R"({"action":{"type":"command"}})",
        R"({"action":{"type":"command","argv":[]}})",
        R"({"action":{"type":"command","argv":["rm",5,"x"]}})",
        R"({"action":{"type":"command","argv":["ls"],"command":"ls"}})",
        R"({"action":{"type":"query"}})",
        R"({"action":{"type":"query","query":"read"}})",
        R"({"action":{"type":"query","query":"search","path":"a"}})",
    };
    for (const auto& each : refused) {
        CAPTURE(each);
        const auto parsed = parse_proposal(each);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == riva::agents::errc::malformed_proposal);
        CHECK(parsed.error().context.ends_with('.'));
        CHECK(parsed.error().context.find('\n') == std::string::npos);
    }
}

TEST_CASE("parse_plan reads parts with what they need", "[proposal]") {
    const auto parsed = parse_plan(test::plan({{"first", "true", {}}, {"second", "", {1}}}), 7);
    REQUIRE(parsed.has_value());
    REQUIRE(parsed->parts.size() == 2);
    CHECK(parsed->parts[0].id == "1");
    CHECK(parsed->parts[0].check == "true");
    CHECK(parsed->parts[1].check.empty());
    CHECK(parsed->parts[1].needs == std::vector<std::string>{"1"});
}

TEST_CASE("parse_plan refuses plans that cannot be carried out", "[proposal]") {
    CHECK(parse_plan(test::plan({}), 7).error().code == riva::agents::errc::not_divisible);
    CHECK(
        parse_plan(test::plan({{"only", "", {}}}), 7).error().code ==
        riva::agents::errc::not_divisible
    );
    const test::planned part{"part", "", {}};
    CHECK_THAT(
        parse_plan(test::plan({part, part, part}), 2).error().context,
        Contains("3 parts; at most 2")
    );
    for (const int need : {0, 2, 3, -1}) {
        CAPTURE(need);
        const auto parsed = parse_plan(test::plan({part, {"x", "", {need}}, part}), 7);
        REQUIRE_FALSE(parsed.has_value());
        CHECK_THAT(parsed.error().context, Contains("Part 2"));
    }
    CHECK_FALSE(parse_plan(R"({"reason":"","children":{}})", 7).has_value());
    CHECK_FALSE(parse_plan(R"({"reason":"","children":[1,2]})", 7).has_value());
    CHECK_FALSE(parse_plan(R"({"reason":"","children":[{"what":""},{"what":"b"}]})", 7).has_value()
    );
}

TEST_CASE("parse_plan refuses a part of blanks only", "[proposal]") {
    const auto parsed = parse_plan(test::plan({{"part", "", {}}, {" \t\r\n", "", {}}}), 7);
    REQUIRE_FALSE(parsed.has_value());
    CHECK_THAT(parsed.error().context, Contains("Part 2 has no text"));
}
