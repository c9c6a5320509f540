// Which model `riva` asks, who is asked when it fails, and what a run may spend, as a user sees it.

#include "catch.hpp"
#include "program.hpp"
#include "world.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

using namespace riva;
using Catch::Contains;
using riva::test::ended_program;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::propose;
using riva::test::result_in;
using riva::test::rule_about;
using riva::test::rule_for_model;
using riva::test::rule_for_plans;
using riva::test::script_of_rules;

namespace {

using names = std::vector<std::string>;

const std::string right = propose(create_file{"a.txt", "right\n"});
const std::string wrong = propose(create_file{"a.txt", "wrong\n"});
const std::string nobody = "openai:nobody@http://127.0.0.1:1/v1";

std::string at(const model_server& server, const std::string& model) {
    return "openai:" + model + "@http://127.0.0.1:" + std::to_string(server.port()) + "/v1";
}

names tiers_at(const model_server& server) {
    return {
        "--small",
        at(server, "low"),
        "--medium",
        at(server, "middle"),
        "--large",
        at(server, "high")
    };
}

/// Simple work, and a check that it is right.
ended_program run_simple(const installation& i, const names& more) {
    names arguments{"run", "write a.txt", "--accept", "It says right.", "--json", "--write"};
    arguments.insert(arguments.end(), {"--check", "grep -q right a.txt", "--set", "max_depth=0"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return i.riva(std::move(arguments));
}

template <class Body>
std::vector<Body> seen(const ended_program& p) {
    std::vector<Body> all;
    for (const auto& line : p.lines()) {
        const event e = event_from_json(line).value();
        if (const auto* body = std::get_if<Body>(&e.body)) all.push_back(*body);
    }
    return all;
}

names asked(const ended_program& p) {
    names all;
    for (const auto& e : seen<events::model_started>(p)) all.push_back(e.tier + " " + e.model);
    return all;
}

/// A request as the server noted it.
struct request {
    std::int64_t ms = 0;  ///< since midnight
    std::int64_t status = 0;
};

/// Of `2026-11-28T13:50:46.123Z`.
std::int64_t ms_of(const std::string& time) {
    const auto number = [&](std::size_t from, std::size_t size) {
        return std::stoll(time.substr(from, size));
    };
    return ((number(11, 2) * 60 + number(14, 2)) * 60 + number(17, 2)) * 1000 + number(20, 3);
}

std::vector<request> requests_to(model_server& server) {
    std::vector<request> all;
    const auto journal = boost::json::parse(server.journal());
    for (const auto& each : journal.as_array())
        all.push_back(
            {ms_of(std::string(each.at("time").as_string())),
             each.at("status").to_number<std::int64_t>()}
        );
    return all;
}

}  // namespace

TEST_CASE("riva asks the small model for simple work, and nobody else if it is right", "[tiers]") {
    if (!have_sandbox()) return;
    model_server server(script_of_rules({rule_for_model("low", {right})}));
    const installation i;
    const auto ended = run_simple(i, tiers_at(server));
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(asked(ended) == names{"small openai:low"});
    CHECK(result_in(ended).usage.by_tier.at("small").calls == 1);
    CHECK(server.requests() == 1);
}

TEST_CASE("riva asks one tier higher after a check that failed", "[tiers]") {
    if (!have_sandbox()) return;
    model_server server(script_of_rules(
        {rule_for_model("low", {wrong}),
         rule_for_model("middle", {wrong}),
         rule_for_model("high", {right})}
    ));
    const installation i;
    const auto ended = run_simple(i, tiers_at(server));
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(asked(ended) == names{"small openai:low", "medium openai:middle", "large openai:high"});
    CHECK_THAT(seen<events::model_started>(ended).at(1).reason, Contains("failed"));
    CHECK(test::read_file(i.repository / "a.txt") == "right\n");
}

TEST_CASE("riva asks the model to fall back on when the first is down, and says so", "[tiers]") {
    if (!have_sandbox()) return;
    model_server server(script_of_rules({rule_for_model("spare", {right})}));
    const installation i;
    const auto ended = run_simple(i, {"--model", nobody, "--fallback", at(server, "spare")});
    INFO(ended.err);
    CHECK(ended.status == 0);
    const auto started = seen<events::model_started>(ended);
    REQUIRE(started.size() >= 2);
    CHECK(started.front().model == "openai:nobody");
    CHECK(started.back().model == "openai:spare");
    CHECK(started.back().fallback_from == "openai:nobody");
    const auto logs = seen<events::log>(ended);
    CHECK(std::ranges::any_of(logs, [](const events::log& l) {
        return l.level == "warning" && l.message.find("127.0.0.1:1") != std::string::npos &&
               l.message.find("asking openai:spare instead") != std::string::npos;
    }));
    CHECK_FALSE(seen<events::model_ended>(ended).front().error.empty());
}

TEST_CASE("riva ends with status 75 when the model to fall back on is down as well", "[tiers]") {
    if (!have_sandbox()) return;
    const installation i({{"b.txt", "b\n"}});
    const auto before = test::tree_of(i.repository.path());
    const auto ended =
        run_simple(i, {"--model", nobody, "--fallback", "ollama:nobody@http://127.0.0.1:2"});
    CHECK(ended.status == 75);
    const auto result = result_in(ended);
    REQUIRE(result.error.has_value());
    CHECK(result.error->kind == "provider");
    CHECK_THAT(result.error->message, Contains("127.0.0.1:1") && Contains("127.0.0.1:2"));
    CHECK_THAT(result.error->hint, Contains("riva models --probe"));
    CHECK(test::tree_of(i.repository.path()) == before);
}

TEST_CASE(
    "riva stops at a limit of money or tokens with status 5, and applies nothing", "[tiers]"
) {
    if (!have_sandbox()) return;
    const auto [kind, limit, hint] = GENERATE(table<std::string, names, std::string>({
        {"usd", {"--max-usd", "0.06", "--set", "prices.openai:low=3/15"}, "--max-usd"},
        {"tokens", {"--max-tokens", "9000"}, "--max-tokens"},
    }));
    model_server server(script_of_rules({rule_for_model("low", {wrong})}));
    const installation i({{"b.txt", "b\n"}});
    const auto before = test::tree_of(i.repository.path());
    names arguments{"--model", at(server, "low"), "--set", "max_cycles=100"};
    arguments.insert(arguments.end(), {"--set", "max_output_tokens=1000"});
    arguments.insert(arguments.end(), limit.begin(), limit.end());
    const auto ended = run_simple(i, arguments);
    INFO(ended.err);
    CHECK(ended.status == 5);
    const auto result = result_in(ended);
    CHECK(result.outcome == "exhausted");
    REQUIRE(result.error.has_value());
    CHECK(result.error->kind == kind);
    CHECK_THAT(result.error->hint, Contains(hint));
    CHECK(result.files.empty());
    CHECK(result.usage.calls >= 1);
    if (kind == "usd") {
        CHECK(result.usage.micro_usd > 0);
        CHECK(result.usage.micro_usd <= 60'000);
    } else {
        CHECK(result.usage.input_tokens + result.usage.output_tokens <= 9000);
    }
    CHECK(server.requests() == static_cast<std::uint64_t>(result.usage.calls));
    CHECK(test::tree_of(i.repository.path()) == before);
}

TEST_CASE("riva refuses a limit of money for a model without a known price", "[tiers]") {
    const installation i({{"b.txt", "b\n"}});
    const auto ended = i.riva(
        {"run",
         "write a.txt",
         "--max-usd",
         "1",
         "--model",
         "openai:costly@https://api.example.com/v1"}
    );
    CHECK(ended.status == 2);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, Contains("No price is known for openai:costly"));
    CHECK_THAT(ended.err, Contains("--set 'prices.openai:costly=INPUT/OUTPUT'"));
    CHECK(std::ranges::count(ended.err, '\n') == 1);
}

TEST_CASE("riva models --probe says of each model once whether its server answers", "[tiers]") {
    model_server server(script_of_rules({rule_for_model("low", {right})}));
    const installation i;
    names arguments{"models", "--probe", "--json", "--fallback"};
    const auto probe = [&](const std::string& fallback) {
        names all = arguments;
        const names tiers = tiers_at(server);
        all.push_back(fallback);
        all.insert(all.end(), tiers.begin(), tiers.end());
        return i.riva(all);
    };
    SECTION("everybody answers") {
        const auto ended = probe(at(server, "spare"));
        INFO(ended.err);
        CHECK(ended.status == 0);
        CHECK(ended.lines().size() == 4);
    }
    SECTION("one is down") {
        const auto ended = probe(nobody);
        CHECK(ended.status == 75);
        const auto lines = ended.lines();
        REQUIRE(lines.size() == 4);
        const names roles{"small", "medium", "large", "fallback"};
        for (std::size_t n = 0; n < 4; ++n) {
            const auto line = boost::json::parse(lines[n]);
            CHECK(std::string(line.at("tier").as_string()) == roles[n]);
            const std::string state(line.at("health").at("state").as_string());
            CHECK(state == (n < 3 ? "reachable" : "unreachable"));
        }
        CHECK_THAT(lines[3], Contains("127.0.0.1:1") && Contains("refused"));
    }
    SECTION("in words") {
        arguments.erase(std::ranges::find(arguments, "--json"));
        const auto ended = probe(nobody);
        CHECK(ended.status == 75);
        CHECK_THAT(ended.out, Contains("small     openai:low\n"));
        CHECK_THAT(ended.out, Contains("fallback  openai:nobody\n"));
        CHECK_THAT(ended.out, Contains("health  unreachable: cannot connect to 127.0.0.1:1"));
    }
}

TEST_CASE("riva goes through the proxy of the environment, but not to this machine", "[tiers]") {
    model_server server(script_of_rules({rule_for_model("low", {right})}));
    installation i;
    i.environment = {"http_proxy=http://127.0.0.1:1"};
    const names probe{"models", "--probe", "--model"};
    names elsewhere = probe, here = probe;
    elsewhere.emplace_back("openai:low@http://model.example/v1");
    here.push_back(at(server, "low"));
    const auto refused = i.riva(elsewhere);
    CHECK(refused.status == 75);
    CHECK_THAT(
        refused.out,
        Contains("unreachable: the proxy 127.0.0.1:1 is of no use for model.example: ") &&
            Contains("check http_proxy and no_proxy")
    );
    CHECK(i.riva(here).status == 0);
}

TEST_CASE("two calls of a run wait together when the server asks for patience", "[tiers]") {
    if (!have_sandbox()) return;
    // The first part is asked to wait. Meanwhile the second fails its check and has to ask again.
    const std::string throttled =
        R"({"match":{"contains":["first part"],"purpose":"riva_action","nth":1},)"
        R"("replies":[{"fault":{"status":429,"headers":{"Retry-After":"2"}}}]})";
    const auto create = [](const std::string& path, const std::string& content) {
        return propose(create_file{path, content});
    };
    model_server server(script_of_rules(
        {throttled,
         rule_about("first part", {create("1.txt", "right\n")}),
         rule_about("second part", {create("2.txt", "wrong\n"), create("2.txt", "right\n")}),
         rule_about("", {create("broken.py", "def broken(:\n")}),
         rule_for_plans(test::plan(
             {{"first part", "grep -q right 1.txt", {}}, {"second part", "grep -q right 2.txt", {}}}
         ))}
    ));
    const installation i;
    const auto ended = i.riva(
        {"run",
         "write two files",
         "--check",
         "grep -q right 1.txt && grep -q right 2.txt",
         "--model",
         server.spec(),
         "--json"}
    );
    INFO(ended.err);
    CHECK(ended.status == 0);
    const auto requests = requests_to(server);
    const auto refused = std::ranges::find(requests, 429, &request::status);
    REQUIRE(refused != requests.end());
    // One request of the second part may have been on its way.
    int during = 0, after = 0;
    for (auto each = refused + 1; each != requests.end(); ++each) {
        constexpr std::int64_t day = 86'400'000;
        const bool waited = (each->ms - refused->ms + day) % day >= 2000;
        ++(waited ? after : during);
    }
    CHECK(during <= 1);
    CHECK(after >= 2);
}
