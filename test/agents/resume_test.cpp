// Runs that go on after they were stopped.

#include "catch.hpp"
#include "run.hpp"
#include "world.hpp"

#include <riva/agents/error.hpp>
#include <riva/memory/error.hpp>

#include <filesystem>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::propose;
using riva::test::rule_about;
using riva::test::script_of_rules;
using riva::test::world;

namespace {

/// Three steps, each answered by what the prompt shows of the steps before.
std::string three_steps() {
    return script_of_rules({
        rule_about("Attempt 2", {propose(create_file{"c.txt", "c\n"})}),
        rule_about("Attempt 1", {propose(run_command{{"sh", "-c", "echo b > b.txt"}, ""}, false)}),
        rule_about("", {propose(create_file{"a.txt", "a\n"}, false)}),
    });
}

const std::string all_three = "cat a.txt b.txt c.txt";

std::map<std::string, std::string> settings_of(const std::string& key, const std::string& value) {
    return {{key, value}};
}

std::int64_t answers(const world& w, bool recorded) {
    const auto all = w.seen<events::model_ended>();
    return std::count_if(all.begin(), all.end(), [&](const events::model_ended& e) {
        return e.recorded == recorded && e.error.empty();
    });
}

/// A run of three steps that had to stop after the second answer.
struct stopped_run {
    world w{three_steps(), {{"old.txt", "old\n"}}};
    std::string id;

    stopped_run() {
        w.settings.spending.calls = 2;
        const auto ended = w.run(w.task("write the files", {all_three}));
        REQUIRE(ended.has_value());
        REQUIRE(ended->result.outcome == "exhausted");
        CHECK(ended->result.resumable);
        id = ended->run;
    }

    result<agents::report> resume(std::map<std::string, std::string> changes = {}) {
        return w.resume({id, std::move(changes), false});
    }
};

}  // namespace

TEST_CASE("an exhausted run goes on with a larger budget, and asks nothing twice", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    const std::size_t before = r.w.events.size();
    const auto first = r.w.seen<events::run_result>().back();
    const auto ended = r.resume(settings_of("max_calls", "3"));
    REQUIRE(ended.has_value());
    CHECK(ended->run == r.id);
    CHECK(ended->result.outcome == "verified");
    CHECK_FALSE(ended->result.resumable);
    CHECK(ended->result.files == std::vector<std::string>{"a.txt", "b.txt", "c.txt"});
    CHECK(ended->result.usage.calls == 3);
    CHECK(ended->result.usage.input_tokens > first.usage.input_tokens);
    CHECK(answers(r.w, true) == 2);
    CHECK(answers(r.w, false) == 3);
    REQUIRE(std::holds_alternative<events::run_resumed>(r.w.events[before].body));
    const auto& resumed = std::get<events::run_resumed>(r.w.events[before].body);
    CHECK(resumed.after == r.w.events[before - 1].seq);
    CHECK(resumed.settings.at("max_calls") == "3");
    CHECK(r.w.server.requests() == 3);
    CHECK(test::tree_of(r.w.repository.path()).size() == 1);
}

TEST_CASE("a run that goes on ends as one that was never stopped", "[resume]") {
    if (!have_sandbox()) return;
    world whole(three_steps(), {{"old.txt", "old\n"}});
    const auto expected = whole.run(whole.task("write the files", {all_three}));
    stopped_run r;
    const auto ended = r.resume(settings_of("max_calls", "unlimited"));
    REQUIRE(ended.has_value());
    CHECK(ended->diff == expected->diff);
    CHECK(ended->changes == expected->changes);
    CHECK(ended->result.usage == expected->result.usage);
}

TEST_CASE("a budget holds over all passes of a run", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    for (int i = 0; i < 2; ++i) {
        const auto again = r.resume();
        REQUIRE(again.has_value());
        CHECK(again->result.outcome == "exhausted");
        CHECK(again->result.usage.calls == 2);
        CHECK(again->result.resumable);
    }
    CHECK(r.w.server.requests() == 2);
}

TEST_CASE("a run that was resumed keeps all its events in one chain", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    r.resume();
    r.resume(settings_of("max_calls", "9"));
    std::erase_if(r.w.events, [](const event& e) {
        return std::holds_alternative<events::model_delta>(e.body);
    });
    CHECK(r.w.recorded(r.id) == r.w.events);
    for (std::size_t i = 0; i < r.w.events.size(); ++i) CHECK(r.w.events[i].seq == i + 1);
    CHECK(r.w.seen<events::run_resumed>().size() == 2);
}

TEST_CASE("a run that has ended for good is not resumed", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    REQUIRE(r.resume(settings_of("max_calls", "9"))->result.outcome == "verified");
    const auto recorded = r.w.recorded(r.id);
    const auto again = r.resume(settings_of("max_calls", "10"));
    REQUIRE(again.has_error());
    CHECK(again.error().code == agents::errc::not_resumable);
    CHECK_THAT(again.error().context, Contains("verified"));
    CHECK(r.w.recorded(r.id) == recorded);
}

TEST_CASE("a run that failed goes on only with other limits", "[resume]") {
    if (!have_sandbox()) return;
    world w(three_steps());
    w.settings.max_steps = 2;
    w.settings.max_depth = 0;
    const auto failed = w.run(w.task("write the files", {all_three}));
    REQUIRE(failed->result.outcome == "failed");
    CHECK_FALSE(failed->result.resumable);
    const auto same = w.resume({failed->run, {}, false});
    REQUIRE(same.has_error());
    CHECK(same.error().code == agents::errc::not_resumable);
    CHECK_THAT(same.error().context, Contains("--max-steps"));
    const auto further = w.resume({failed->run, settings_of("max_steps", "5"), false});
    REQUIRE(further.has_value());
    CHECK(further->result.outcome == "verified");
    CHECK(w.server.requests() == 3);
}

TEST_CASE("what the user changed since a run began is a conflict", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    r.w.repository.write("old.txt", "of the user\n");
    const auto ended = r.resume(settings_of("max_calls", "9"));
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == riva::errc::conflict);
    CHECK_THAT(ended.error().context, Contains("old.txt"));
    CHECK(test::read_file(r.w.repository / "old.txt") == "of the user\n");
    r.w.repository.write("old.txt", "old\n");
    CHECK(r.resume(settings_of("max_calls", "9"))->result.outcome == "verified");
}

TEST_CASE("an unknown run is not resumed, whatever its name", "[resume]") {
    world w(three_steps());
    for (const char* name : {"nobody", "", ".", "..", "../runs", "a/b"}) {
        const auto ended = w.resume({name, {}, false});
        INFO(name);
        REQUIRE(ended.has_error());
        CHECK(ended.error().code == memory::errc::unknown_run);
    }
    CHECK_FALSE(std::filesystem::exists(w.state / "riva" / "runs"));
}

TEST_CASE("a run of a version that recorded less says so", "[resume]") {
    world w(three_steps());
    event e;
    e.seq = 1;
    e.run = "old";
    events::run_started started;
    started.task = "write";
    started.version = "0.0.1";
    e.body = started;
    w.record(e);
    const auto ended = w.resume({"old", {}, false});
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == agents::errc::not_resumable);
    CHECK_THAT(ended.error().context, Contains("0.0.1"));
}

TEST_CASE("a run cannot be resumed while a process works on it", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    // Tries as soon as the run has something to tell.
    struct intruder final : observer {
        stopped_run* of = nullptr;
        std::vector<error> refusals;
        asio::awaitable<void> observe(const event& e) override {
            if (!std::holds_alternative<events::intention_started>(e.body)) co_return;
            const auto again = of->resume();
            if (!again) refusals.push_back(again.error());
        }
    } second;
    second.of = &r;
    r.w.also = &second;
    const auto ended = r.resume(settings_of("max_calls", "9"));
    r.w.also = nullptr;
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    REQUIRE(second.refusals.size() == 1);
    CHECK(second.refusals[0].code == agents::errc::run_active);
    CHECK_THAT(second.refusals[0].context, Contains(r.id));
}

TEST_CASE("a recorded answer that could not be used is not asked for again", "[resume]") {
    if (!have_sandbox()) return;
    world w(script_of_rules({
        rule_about("Attempt 1", {propose(create_file{"a.txt", "a\n"})}),
        rule_about("", {"this is no JSON"}),
    }));
    w.settings.spending.calls = 1;
    const auto stopped = w.run(w.task("write the file", {"cat a.txt"}));
    REQUIRE(stopped->result.outcome == "exhausted");
    const auto first = w.seen<events::model_ended>();
    REQUIRE(first.size() == 1);
    CHECK(first[0].unusable);
    const auto ended = w.resume({stopped->run, settings_of("max_calls", "9"), false});
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    CHECK(w.seen<events::model_ended>().size() == 3);
    CHECK(ended->root.trace.size() == 2);
}

TEST_CASE("another model goes on with a run when it is named", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    test::model_server other(three_steps());
    auto spec = other.spec();
    spec.replace(spec.find("test-large"), 10, "test-small");
    r.w.settings.model = llm::parse_model_spec("openai:unused@http://127.0.0.1:1/v1").value();
    const auto ended = r.resume({{"max_calls", "9"}, {"model", spec}});
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    CHECK(other.requests() == 1);
    CHECK(r.w.server.requests() == 2);
    CHECK(r.w.seen<events::run_resumed>().back().settings.at("model") == spec);
}

TEST_CASE("the model of a run goes on with it, whatever is configured now", "[resume]") {
    if (!have_sandbox()) return;
    stopped_run r;
    r.w.settings.model = llm::parse_model_spec("openai:unused@http://127.0.0.1:1/v1").value();
    CHECK(r.resume(settings_of("max_calls", "9"))->result.outcome == "verified");
    CHECK(r.w.server.requests() == 3);
}

TEST_CASE("settings come back from what is recorded of them", "[resume]") {
    agents::settings s;
    s.model = llm::parse_model_spec("openai:a@http://h/v1").value();
    s.of(llm::tier::small).model = llm::parse_model_spec("ollama:b@http://i").value();
    for (int i = 0; i < 11; ++i)
        s.fallbacks.push_back(
            llm::parse_model_spec("openai:f" + std::to_string(i) + "@http://h/v1").value()
        );
    for (const auto& [key, value] : std::map<std::string, std::string>{
             {"max_usd", "0.5"}, {"prices.openai:a", "1/2"}, {"max_steps", "7"}, {"approve", "ask"}
         })
        REQUIRE(set(s, key, value).has_value());
    s.sandbox = agents::isolation::off;
    agents::settings own;
    own.model = s.model;
    own.model->key_env = "OWN_KEY";
    own.prices.set("openai:z", {});
    const auto back = restore(own, s.describe());
    REQUIRE(back.has_value());
    CHECK(back->describe() == s.describe());
    CHECK(back->model->key_env == "OWN_KEY");

    const auto changed = restore(
        own, s.describe(), {{"model", "openai:c@http://h/v1"}, {"models.fallback.1", "ollama:d"}}
    );
    REQUIRE(changed.has_value());
    CHECK_FALSE(changed->of(llm::tier::small).model.has_value());
    CHECK(changed->fallbacks.size() == 1);
    CHECK(changed->model->model == "c");
    CHECK(restore(own, {{"max_wings", "2"}}).has_error());
}
