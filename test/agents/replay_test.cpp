// Runs that are decided once more from their record.

#include <riva/agents/replay.hpp>

#include "catch.hpp"
#include "random_history.hpp"
#include "run.hpp"
#include "world.hpp"

#include <riva/agents/error.hpp>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::propose;
using riva::test::random_history;
using riva::test::rule_about;
using riva::test::rule_for_plans;
using riva::test::script_of;
using riva::test::script_of_rules;
using riva::test::world;

namespace {

result<agents::replay_report> replay(
    std::vector<event> recorded, std::map<std::string, std::string> changes = {}
) {
    result<agents::replay_report> said;
    test::run([&]() -> asio::awaitable<void> {
        said = co_await agents::replay(std::move(recorded), {}, std::move(changes));
    });
    return said;
}

std::string lines(const std::vector<event>& all) {
    std::string text;
    for (const auto& e : all) text += to_json(e) + "\n";
    return text;
}

void check_same(const std::vector<event>& recorded) {
    const auto said = replay(recorded);
    REQUIRE(said.has_value());
    // Whole lines are of more use than those that a test program breaks.
    if (said->difference)
        std::cout << lines(recorded) << "recorded: " << said->difference->recorded
                  << "\nagain:    " << said->difference->again << "\n";
    CHECK_FALSE(said->difference.has_value());
    CHECK(lines(said->events) == lines(recorded));
}

/// The first event of a kind, to be changed.
template <class Body>
Body& first(std::vector<event>& all) {
    for (auto& e : all)
        if (auto* body = std::get_if<Body>(&e.body)) return *body;
    throw std::logic_error("no such event");
}

/// A run of three steps, the second of which is refused.
std::vector<event> three_steps() {
    world w(script_of(
        {propose(create_file{"a.py", "x = 1\n"}, false),
         propose(run_command{{"curl", "http://example.org"}, ""}, false),
         propose(create_file{"b.py", "x = 2\n"})}
    ));
    w.settings.trust.mode = verify::trust_mode::certified;
    const auto ended = w.run(w.task("write two modules", {"python3 -c 'import a, b'"}));
    REQUIRE(ended->result.outcome == "verified");
    return w.recorded(ended->run);
}

std::vector<agents::changed_decision> decisions_with(
    const std::vector<event>& recorded, const std::string& key, const std::string& value
) {
    const auto said = replay(recorded, {{key, value}});
    REQUIRE(said.has_value());
    CHECK_FALSE(said->difference.has_value());
    CHECK(lines(said->events) == lines(recorded));
    return said->changed;
}

constexpr std::array dialects = {"openai", "openai-responses", "anthropic", "gemini", "ollama"};

std::vector<event> read_journal(const std::filesystem::path& file) {
    std::vector<event> all;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) all.push_back(event_from_json(line).value());
    return all;
}

}  // namespace

TEST_CASE("a run of one step replays to the same events", "[replay]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"a.txt", "a\n"})}));
    const auto ended = w.run(w.task("write a.txt", {"cat a.txt"}));
    REQUIRE(ended->result.outcome == "verified");
    check_same(w.recorded(ended->run));
}

TEST_CASE("random runs replay to the same events", "[replay]") {
    if (!have_sandbox()) return;
    const std::uint64_t seed = std::random_device()();
    std::cout << "random runs: seed " << seed << "\n";
    for (std::uint64_t i = 0; i < 40; ++i) {
        INFO("seed " << seed + i);
        random_history h(seed + i);
        const std::string id = h.run();
        check_same(h.place->recorded(id));
    }
}

TEST_CASE("a run that went on after its end came too early replays in all its passes", "[replay]") {
    if (!have_sandbox()) return;
    world w(script_of(
        {propose(create_file{"a.txt", "a\n"}, false), propose(create_file{"b.txt", "b\n"})}
    ));
    w.settings.spending.calls = 1;
    const auto stopped = w.run(w.task("write both", {"cat a.txt b.txt"}));
    REQUIRE(stopped->result.outcome == "exhausted");
    const auto ended = w.resume({stopped->run, {{"max_calls", "9"}}, false});
    REQUIRE(ended->result.outcome == "verified");
    const auto recorded = w.recorded(ended->run);
    check_same(recorded);
    CHECK(replay(recorded)->passes == 2);
}

TEST_CASE("a run that was cut off after any event replays up to there", "[replay]") {
    if (!have_sandbox()) return;
    const auto recorded = three_steps();
    for (std::size_t n = 2; n < recorded.size(); ++n) {
        INFO("after event " << n);
        check_same({recorded.begin(), recorded.begin() + static_cast<std::ptrdiff_t>(n)});
    }
}

TEST_CASE("a decision that this version would not make is named with both sides", "[replay]") {
    if (!have_sandbox()) return;
    auto recorded = three_steps();
    std::uint64_t seq = 0;
    SECTION("what an action was gated with") {
        auto& gated = first<events::action_gated>(recorded);
        gated.risk = "high";
    }
    SECTION("what was decided about verifying") {
        first<events::verify_decided>(recorded).decision = "skip";
    }
    SECTION("a coin that fell otherwise") {
        first<events::verify_decided>(recorded).probability = 0.5;
    }
    SECTION("which model was asked") {
        first<events::model_started>(recorded).tier = "small";
    }
    SECTION("what the model was told") {
        first<events::model_ended>(recorded).told = "nothing";
    }
    SECTION("what a file holds that was created") {
        first<events::action_executed>(recorded).outcome.files.front().after = std::string(64, '0');
    }
    SECTION("what was delivered") {
        auto& diff = first<events::workspace_diff>(recorded);
        diff.files.pop_back();
    }
    SECTION("how it ended") {
        first<events::run_result>(recorded).outcome = "failed";
    }
    const auto said = replay(recorded);
    REQUIRE(said.has_value());
    REQUIRE(said->difference.has_value());
    seq = said->difference->seq;
    REQUIRE(seq > 0);
    CHECK(said->events.size() == seq - 1);
    CHECK(said->difference->recorded == to_json(recorded[seq - 1]));
    CHECK(said->difference->again != said->difference->recorded);
    CHECK_FALSE(said->difference->again.empty());
}

TEST_CASE("a record with an event too many or too few does not replay", "[replay]") {
    if (!have_sandbox()) return;
    const auto recorded = three_steps();
    for (std::size_t n = 1; n + 1 < recorded.size(); ++n) {
        // How often a model had to be asked, and what is only told, comes from outside.
        const auto& body = recorded[n].body;
        if (std::holds_alternative<events::log>(body) ||
            std::holds_alternative<events::model_started>(body) ||
            std::holds_alternative<events::check_started>(body) ||
            std::holds_alternative<events::trust_changed>(body))
            continue;
        INFO("without " << to_json(recorded[n]));
        auto less = recorded;
        less.erase(less.begin() + static_cast<std::ptrdiff_t>(n));
        const auto without = replay(less);
        CHECK((!without || without->difference.has_value()));
        if (std::holds_alternative<events::check_ended>(body) ||
            std::holds_alternative<events::workspace_diff>(body))
            continue;
        INFO("twice " << to_json(recorded[n]));
        auto more = recorded;
        more.insert(more.begin() + static_cast<std::ptrdiff_t>(n), recorded[n]);
        const auto twice = replay(more);
        CHECK((!twice || twice->difference.has_value()));
    }
}

TEST_CASE("a record of an earlier version says at which event it cannot be replayed", "[replay]") {
    if (!have_sandbox()) return;
    auto recorded = three_steps();
    first<events::run_started>(recorded).version = "0.0.9";
    first<events::intention_started>(recorded).complexity.reset();
    const auto said = replay(recorded);
    REQUIRE_FALSE(said.has_value());
    CHECK(said.error().code == agents::errc::not_replayable);
    CHECK(
        said.error().context ==
        "The run cannot be replayed: riva 0.0.9 recorded it without what that needs, first at "
        "event 2."
    );
    CHECK_FALSE(replay({}).has_value());
}

TEST_CASE("other settings tell what they would have decided otherwise", "[replay]") {
    if (!have_sandbox()) return;
    auto recorded = three_steps();
    SECTION("the same value changes nothing") {
        CHECK(decisions_with(recorded, "trust.mode", "certified").empty());
    }
    SECTION("a person is asked") {
        const auto changed = decisions_with(recorded, "approve", "ask");
        REQUIRE(changed.size() == 1);
        CHECK(changed[0].about == "gate");
        CHECK(changed[0].recorded == "denied");
        CHECK(changed[0].now == "ask");
        CHECK_FALSE(changed[0].answerable);
        const auto& told = recorded.at(changed[0].seq - 1).body;
        CHECK(std::holds_alternative<events::action_gated>(told));
    }
    SECTION("less patience") {
        const auto changed = decisions_with(recorded, "max_steps", "1");
        REQUIRE(changed.size() == 2);
        CHECK(changed[0].about == "step");
        CHECK(changed[0].recorded == "act");
        CHECK(changed[0].now == "give up");
        CHECK(changed[0].answerable);
    }
    SECTION("no waiting for a batch") {
        const auto changed = decisions_with(recorded, "verify.batch", "baseline");
        REQUIRE(changed.size() == 1);
        CHECK(changed[0].about == "verification");
        CHECK(changed[0].recorded.starts_with("defer"));
        CHECK(changed[0].now.starts_with("verify"));
    }
    SECTION("another model") {
        const auto changed =
            decisions_with(recorded, "model", "openai:other@http://127.0.0.1:1/v1");
        REQUIRE(changed.size() == 3);
        CHECK(changed[0].now == "large openai:other");
    }
    SECTION("a smaller budget") {
        const auto changed = decisions_with(recorded, "max_calls", "2");
        REQUIRE(changed.size() == 1);
        CHECK(changed[0].about == "budget");
    }
    SECTION("what only a model could answer is named") {
        const auto said = replay(recorded, {{"context_bytes", "8192"}});
        REQUIRE(said.has_value());
        CHECK(said->changed.empty());
        CHECK(said->unanswerable == std::vector<std::string>{"context_bytes"});
    }
    SECTION("all strategies are decided again but for those that decide nothing") {
        const auto said = replay(recorded, {{"strategies", "baseline"}});
        REQUIRE(said.has_value());
        CHECK_FALSE(said->changed.empty());
        CHECK(said->unanswerable == std::vector<std::string>{"verify.cache", "verify.parallel"});
    }
    SECTION("who is asked when a provider fails is not decided again") {
        const auto said =
            replay(recorded, {{"models.fallback.1", "openai:other@http://127.0.0.1:1/v1"}});
        REQUIRE(said.has_value());
        CHECK(said->changed.empty());
        CHECK(said->unanswerable == std::vector<std::string>{"models.fallback.1"});
    }
    SECTION("what the run was set to itself changes nothing") {
        const auto& settings = first<events::run_started>(recorded).settings;
        const auto said = replay(recorded, settings);
        REQUIRE(said.has_value());
        CHECK(said->changed.empty());
        CHECK(said->unanswerable.empty());
    }
    SECTION("a setting that does not exist is refused") {
        const auto said = replay(recorded, {{"max_cycle", "1"}});
        REQUIRE_FALSE(said.has_value());
        CHECK(said.error().code == agents::errc::unknown_setting);
    }
}

TEST_CASE("a run whose change was applied replays with that", "[replay]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"a.txt", "a\n"})}));
    auto job = w.task("write a.txt", {"cat a.txt"});
    job.write = true;
    const auto ended = w.run(job);
    REQUIRE(ended->result.outcome == "verified");
    check_same(w.recorded(ended->run));
}

// Recorded by an earlier build, perhaps on another machine: with neither its repository nor a
// sandbox, all that was decided is decided the same way.
TEST_CASE("journals that were recorded once replay to the same lines", "[replay]") {
    const char* elsewhere = std::getenv("RIVA_JOURNALS");
    const std::filesystem::path folder = elsewhere != nullptr ? elsewhere : RIVA_GOLDEN_JOURNALS;
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".jsonl") continue;
        INFO(entry.path());
        check_same(read_journal(entry.path()));
        ++count;
    }
    std::cout << count << " journals of " << folder.string() << " replayed\n";
    CHECK(count >= 5 * dialects.size());
}

// Not run with the others: writes such journals, RIVA_JOURNAL_COUNT of them into the folder
// RIVA_JOURNALS.
TEST_CASE("journals for later are recorded", "[.record-journals]") {
    REQUIRE(have_sandbox());
    const char* folder = std::getenv("RIVA_JOURNALS");
    const char* count = std::getenv("RIVA_JOURNAL_COUNT");
    REQUIRE(folder != nullptr);
    REQUIRE(count != nullptr);
    for (std::uint64_t i = 0; i < std::stoull(count); ++i) {
        const std::string dialect = dialects[i % dialects.size()];
        random_history h(1000 + i, dialect);
        const auto recorded = h.place->recorded(h.run());
        const std::string name = dialect + "-" + std::to_string(i / dialects.size() + 1);
        std::ofstream(std::filesystem::path(folder) / (name + ".jsonl")) << lines(recorded);
    }
}
