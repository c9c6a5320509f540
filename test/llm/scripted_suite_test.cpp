#include "catch.hpp"
#include "scripted/block_edit.hpp"
#include "scripted/suite_answers.hpp"
#include "scripted/suite_draw.hpp"
#include "served.hpp"
#include "temporary_folder.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>

using namespace riva::llm::scripted;
namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

json::object solution(const std::string& tier, const std::string& code, const std::string& base) {
    return {{"tier", tier}, {"code", code}, {"base", base}};
}

/// A task whose file does not exist before.
json::object task(const std::string& id) {
    return {
        {"task_id", id},
        {"prompt", "Write the file for " + id + ".\n"},
        {"files", json::object()},
        {"solution_file", "solution.py"},
        {"canonical_solution", "canonical"},
        {"wrong_solutions", json::array()},
        {"correct_solutions", json::array()},
    };
}

suite parsed(const std::vector<json::object>& tasks) {
    std::string lines;
    for (const auto& t : tasks) lines += json::serialize(t) + "\n";
    return parse_suite(lines, "suite.jsonl").value();
}

std::vector<std::string> drawn(suite_draw& draw, const suite_task& t, model_tier tier, int count) {
    std::vector<std::string> codes;
    for (int i = 0; i < count; ++i) codes.push_back(t.codes[draw.next(tier)]);
    return codes;
}

std::string trouble_with(std::string_view lines) {
    const auto found = parse_suite(lines, "s.jsonl");
    if (!found) CHECK(found.error().code == riva::llm::errc::script_invalid);
    return found ? "" : found.error().context;
}

std::string apply(const std::string& original, const block& edit) {
    const std::size_t at = original.find(edit.find);
    REQUIRE(at != original.npos);
    REQUIRE(original.find(edit.find, at + 1) == original.npos);
    std::string result = original;
    return result.replace(at, edit.find.size(), edit.replace);
}

std::set<std::string> keys(const json::value& object) {
    std::set<std::string> names;
    for (const auto& member : object.as_object()) names.emplace(member.key());
    return names;
}

json::value action_of(answer_source& answers, const std::string& prompt, const std::string& model) {
    const auto said = answers.next({model, "riva_action", {"rules", prompt}, false, false});
    REQUIRE(said.has_value());
    return json::parse(said->text);
}

}  // namespace

TEST_CASE(
    "suite draws every answer of a tier exactly once, then repeats the right one",
    "[scripted][suite]"
) {
    json::object t = task("t/1");
    t["wrong_solutions"] =
        json::array{solution("small", "w1", "fail"), solution("small", "w2", "timeout")};
    t["correct_solutions"] = {
        solution("small", "r1", "pass"),
        solution("small", "r1", "pass"),
        solution("large", "r2", "pass")
    };
    const suite s = parsed({t});
    std::set<std::vector<std::string>> orders;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        suite_draw draw(s.tasks[0], seed);
        auto codes = drawn(draw, s.tasks[0], model_tier::small, 3);
        orders.insert(codes);
        std::sort(codes.begin(), codes.end());
        CHECK(codes == std::vector<std::string>{"r1", "w1", "w2"});
        CHECK(
            drawn(draw, s.tasks[0], model_tier::small, 2) ==
            std::vector<std::string>{"canonical", "canonical"}
        );
        CHECK(
            drawn(draw, s.tasks[0], model_tier::large, 2) ==
            std::vector<std::string>{"r2", "canonical"}
        );
    }
    CHECK(orders.size() == 6);
}

TEST_CASE("suite draws the same answers for the same seed", "[scripted][suite]") {
    json::object t = task("t/1");
    json::array wrong;
    for (int i = 0; i < 20; ++i) wrong.push_back(solution("medium", std::to_string(i), "fail"));
    t["wrong_solutions"] = wrong;
    const suite s = parsed({t});
    suite_draw first(s.tasks[0], 7);
    suite_draw second(s.tasks[0], 7);
    suite_draw other(s.tasks[0], 8);
    const auto codes = drawn(first, s.tasks[0], model_tier::medium, 21);
    CHECK(codes == drawn(second, s.tasks[0], model_tier::medium, 21));
    CHECK(codes != drawn(other, s.tasks[0], model_tier::medium, 21));
}

TEST_CASE("suite lets the canonical solution stand for a right answer", "[scripted][suite]") {
    json::object t = task("t/1");
    t["wrong_solutions"] = json::array{solution("human", "w", "fail")};
    const suite s = parsed({t});
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        suite_draw draw(s.tasks[0], seed);
        auto codes = drawn(draw, s.tasks[0], model_tier::small, 2);
        std::sort(codes.begin(), codes.end());
        CHECK(codes == std::vector<std::string>{"canonical", "w"});
    }
}

TEST_CASE("suite gives no answer again to a model of another tier", "[scripted][suite]") {
    json::object t = task("t/1");
    t["wrong_solutions"] = {
        solution("synthetic", "w1", "fail"), solution("synthetic", "w2", "fail")
    };
    const suite s = parsed({t});
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        suite_draw draw(s.tasks[0], seed);
        std::set<std::string> codes;
        for (const auto tier : {model_tier::small, model_tier::medium, model_tier::large})
            codes.insert(s.tasks[0].codes[draw.next(tier)]);
        CHECK(codes == std::set<std::string>{"canonical", "w1", "w2"});
    }
}

TEST_CASE("suite counts an answer that passes the visible test as right", "[scripted][suite]") {
    json::object t = task("t/1");
    t["wrong_solutions"] = json::array{solution("small", "escapes", "pass")};
    const suite s = parsed({t});
    CHECK(s.tasks[0].pools[0] == std::vector<recorded_answer>{{0, true}});
    CHECK(s.tasks[0].pools[1] == std::vector<recorded_answer>{{1, true}});
}

TEST_CASE("suite without a canonical solution repeats the last right answer", "[scripted][suite]") {
    json::object t = task("t/1");
    t["canonical_solution"] = nullptr;
    t["wrong_solutions"] = json::array{solution("small", "w", "fail")};
    t["correct_solutions"] = json::array{solution("small", "r", "pass")};
    const suite s = parsed({t});
    suite_draw draw(s.tasks[0], 1);
    drawn(draw, s.tasks[0], model_tier::small, 2);
    CHECK(drawn(draw, s.tasks[0], model_tier::small, 2) == std::vector<std::string>{"r", "r"});
    suite_draw elsewhere(s.tasks[0], 1);
    CHECK(drawn(elsewhere, s.tasks[0], model_tier::large, 3).back() == "r");
}

TEST_CASE("suite recognises a task by the longest prompt inside any message", "[scripted][suite]") {
    json::object longer = task("t/1 and more");
    longer["prompt"] = "Write the file for t/1. And more.";
    longer["canonical_solution"] = "longer";
    const auto answers = answers_from(parsed({task("t/1"), longer}), 1);
    const auto content = [&](const std::string& message) {
        return action_of(*answers, message, "m").at_pointer("/action/content");
    };
    CHECK(content("Task:\nWrite the file for t/1.\nThat is all.") == "canonical");
    CHECK(content("Task: Write the file for t/1. And more.") == "longer");
    const auto said =
        answers->next({"m", "riva_action", {"Write the file for t/2."}, false, false});
    REQUIRE(said.has_error());
    CHECK(said.error().code == "no_task");
    CHECK(said.error().status == 404);
}

TEST_CASE("suite answers an action with all its members", "[scripted][suite]") {
    json::object edited = task("t/2");
    edited["files"] = {{"solution.py", "a\nb\nc\n"}};
    edited["canonical_solution"] = "a\nB\nc\n";
    const auto answers = answers_from(parsed({task("t/1"), edited}), 1);
    const auto created = action_of(*answers, "Write the file for t/1.", "large");
    CHECK(keys(created) == std::set<std::string>{"thought", "action", "expectation", "done"});
    CHECK(created.at("done") == true);
    CHECK(created.at("action") == json::parse(R"({"type":"create","path":"solution.py",
        "content":"canonical","edits":null,"argv":null,"command":null,"cwd":null,"query":null,
        "pattern":null})"));
    CHECK(
        action_of(*answers, "Write the file for t/2.", "large").at("action") ==
        json::parse(R"({"type":"edit","path":"solution.py","content":null,
        "edits":[{"find":"b\n","replace":"B\n"}],"argv":null,"command":null,"cwd":null,
        "query":null,"pattern":null})")
    );
}

TEST_CASE(
    "suite answers the other purposes, and refuses those that it does not know", "[scripted][suite]"
) {
    const auto answers = answers_from(parsed({task("t/1")}), 1);
    const auto ask = [&](const std::string& purpose) {
        return answers->next({"m", purpose, {"Write the file for t/1."}, false, false});
    };
    const auto split = json::parse(ask("riva_decomposition")->text);
    CHECK(keys(split) == std::set<std::string>{"reason", "children"});
    CHECK(split.at("children").as_array().empty());
    CHECK(keys(json::parse(ask("riva_reflection")->text)) == std::set<std::string>{"reflection"});
    CHECK(ask("").error().code == "no_purpose");
    CHECK(ask("riva_poem").error().message.find("'riva_poem'") != std::string::npos);
}

TEST_CASE("suite waits as long as the model's tier", "[scripted][suite]") {
    const auto answers = answers_from(parsed({task("t/1")}), 1);
    const auto pace_of = [&](const std::string& model) {
        return answers->next({model, "riva_action", {"Write the file for t/1."}, false, false})
            ->behaviour;
    };
    CHECK(pace_of("small") == behaviour{250, 120, 0, 0});
    CHECK(pace_of("medium") == behaviour{600, 70, 0, 0});
    CHECK(pace_of("any") == behaviour{1100, 45, 0, 0});
}

TEST_CASE("suite with a line that is wrong is refused naming file and line", "[scripted][suite]") {
    const std::string good = json::serialize(task("t/1"));
    CHECK(
        trouble_with(good + "\n\n{\"a\":\n") ==
        "the suite cannot be used: s.jsonl:3: 6: incomplete JSON"
    );
    CHECK(trouble_with("") == "the suite cannot be used: s.jsonl has no tasks");
    CHECK(
        trouble_with(good + "\n" + good) ==
        "the suite cannot be used: s.jsonl:2: prompt: an earlier task has the same, and the two "
        "cannot be told apart"
    );
    const auto with = [](const char* member, json::value value) {
        json::object t = task("t/1");
        t[member] = std::move(value);
        return trouble_with(json::serialize(t));
    };
    const std::string first = "the suite cannot be used: s.jsonl:1: ";
    CHECK(with("task_id", 1) == first + "task_id: expected a text");
    CHECK(with("solution_file", "") == first + "solution_file: missing: a task of a suite has it");
    CHECK(with("prompt", "short") == first + "prompt: too short to recognise the task by");
    CHECK(with("files", json::array()) == first + "files: expected an object");
    CHECK(
        with("canonical_solution", nullptr) ==
        first + "canonical_solution: missing: a task has at least one solution"
    );
    CHECK(
        with("wrong_solutions", json::array{json::object{{"tier", "small"}}}) ==
        first + "wrong_solutions[0].code: missing: the text of the solution"
    );
}

TEST_CASE("block edit replaces the smallest unique run of lines", "[scripted][suite]") {
    CHECK(block_edit("a\nb\nc\n", "a\nx\nc\n") == block{"b\n", "x\n"});
    CHECK(block_edit("a\nb\na\nb\n", "a\nb\na\nx\n") == block{"b\na\nb\n", "b\na\nx\n"});
    CHECK(block_edit("a\nb\n", "a\nb\nc\n") == block{"b\n", "b\nc\n"});
    CHECK(block_edit("a\nb\n", "x\na\nb\n") == block{"a\n", "x\na\n"});
    CHECK(block_edit("a\nb\n", "b\n") == block{"a\n", ""});
    CHECK(block_edit("a", "b") == block{"a", "b"});
    CHECK(block_edit("a\n", "") == block{"a\n", ""});
    CHECK(block_edit("", "a") == std::nullopt);
}

TEST_CASE("block edit of random texts gives exactly the wanted text", "[scripted][suite]") {
    std::uint64_t number = 20261123;
    INFO("seed " << number);
    const auto below = [&](std::uint64_t bound) {
        number = number * 6364136223846793005 + 1442695040888963407;
        return (number >> 33) % bound;
    };
    const auto text = [&] {
        std::string made;
        for (auto lines = below(9); lines > 0; --lines)
            made += std::string(below(3), static_cast<char>('a' + below(2))) + "\n";
        if (below(3) == 0 && !made.empty()) made.pop_back();
        return made;
    };
    for (int i = 0; i < 5000; ++i) {
        const std::string original = text();
        const std::string wanted = below(10) == 0 ? original : text();
        const auto edit = block_edit(original, wanted);
        REQUIRE(edit.has_value() != original.empty());
        if (edit) REQUIRE(apply(original, *edit) == wanted);
    }
}

namespace {

fs::path shared_suite(const std::string& name) {
    const char* shared = std::getenv("RIVA_SHARED");
    return (shared ? fs::path(shared) : fs::path(RIVA_SOURCE_DIR) / ".." / "shared") / "data" /
           name;
}

}  // namespace

TEST_CASE(
    "suite edits give every recorded solution of the repair tasks byte for byte",
    "[scripted][suite]"
) {
    for (const auto* name : {"quixbugs_py.jsonl", "exercism_py.jsonl"}) {
        const fs::path file = shared_suite(name);
        if (!fs::exists(file)) {
            std::cout << "skipped: " << file << " is not on this machine\n";
            SUCCEED("no suite to check");
            continue;
        }
        const suite s = parse_suite(riva::test::read_file(file), name).value();
        const auto answers = answers_from(s, 1);
        for (const suite_task& t : s.tasks) {
            INFO(t.id);
            REQUIRE(t.original.has_value());
            std::set<std::string> results;
            for (std::size_t i = 0; i < t.pools[0].size(); ++i) {
                const auto action = action_of(*answers, "Task: " + t.prompt, "small").at("action");
                REQUIRE(action.at("type") == "edit");
                const auto& edit = action.at("edits").as_array().at(0);
                const block replaced{
                    std::string(edit.at("find").as_string()),
                    std::string(edit.at("replace").as_string())
                };
                results.insert(apply(*t.original, replaced));
            }
            CHECK(results == std::set<std::string>(t.codes.begin(), t.codes.end()));
            CHECK(results.count(t.codes.at(*t.canonical)) == 1);
        }
    }
}

TEST_CASE("suite server answers over HTTP", "[scripted][suite]") {
    const riva::test::temporary_folder folder;
    const auto file = folder.write("suite.jsonl", json::serialize(task("t/1")) + "\n");
    auto server = riva::llm::scripted_server::from_suite_file(file, {"127.0.0.1", 0, 1, 0});
    const riva::test::served running(std::move(server.value()));
    const std::string format = R"(,"response_format":{"type":"json_schema","json_schema":
        {"name":"riva_action","schema":{"type":"object"}}})";
    const auto body = json::parse(
        riva::test::fetch(running.port(), riva::test::ask("Write the file for t/1.", false, format))
            .body
    );
    const auto text = body.at_pointer("/choices/0/message/content").as_string();
    CHECK(json::parse(text).at_pointer("/action/content") == "canonical");
    CHECK(body.at_pointer("/usage/completion_tokens") == (text.size() + 3) / 4);
    const auto missing = riva::llm::scripted_server::from_suite_file(folder / "none", {});
    REQUIRE(missing.has_error());
    CHECK(missing.error().code == riva::llm::errc::script_invalid);
}
