// What a run that goes on finds in its journal.

#include "earlier_pass.hpp"

#include "catch.hpp"

#include <map>
#include <string>

using namespace riva;
using agents::earlier_pass;

namespace {

/// A journal written by hand.
struct record {
    std::vector<event> events;

    void add(events::body body) {
        event e;
        e.seq = events.size() + 1;
        e.run = "r";
        e.body = std::move(body);
        events.push_back(std::move(e));
    }

    void start(const std::string& intention) {
        add(events::intention_started{intention, "w", "", 0});
    }

    events::model_ended& answer(const std::string& intention, const std::string& reply) {
        events::model_ended ended;
        ended.intention = intention;
        ended.purpose = "riva_action";
        ended.tier = "large";
        ended.reply = reply;
        ended.input_tokens = 10;
        ended.output_tokens = 1;
        ended.micro_usd = 5;
        add(ended);
        return std::get<events::model_ended>(events.back().body);
    }

    void decide(const std::string& intention, int cycle, const std::string& decision) {
        add(events::verify_decided{intention, cycle, decision, 0.5, "because"});
    }

    void ask(const std::string& intention) {
        events::model_started started;
        started.intention = intention;
        add(started);
    }

    void resume() { add(events::run_resumed{events.size(), "1", {}, false}); }
};

std::string next(earlier_pass& from, const std::string& intention, int attempt = 1) {
    const auto* found = from.take_answer(intention, attempt, "riva_action");
    return found == nullptr ? "none" : found->said.reply;
}

}  // namespace

TEST_CASE("a new run has no earlier pass", "[earlier]") {
    earlier_pass none;
    CHECK(none.take_answer("1", 1, "riva_action") == nullptr);
    CHECK(none.find_decision("1", 1) == nullptr);
    CHECK(none.spent() == events::usage());
    CHECK(none.last_seq() == 0);
}

TEST_CASE("what prompts showed of memory is known by attempt, the first pass first", "[earlier]") {
    const auto entry = [](const char* text) {
        return std::vector<events::remembered>{{1, "decision", "user", text, {}, 1}};
    };
    record r;
    r.add(events::memory_recorded{entry("learnt").front(), "r0"});
    r.start("1");
    r.add(events::memory_shown{"1", entry("old")});
    r.ask("1");
    r.start("1.1");
    r.ask("1.1");
    r.start("1.2");
    r.resume();
    r.add(events::memory_recorded{entry("learnt").front(), "r0"});
    r.start("1");
    r.add(events::memory_shown{"1", entry("new")});
    const earlier_pass p(r.events);
    REQUIRE(p.find_shown("1", 1) != nullptr);
    CHECK(*p.find_shown("1", 1) == entry("old"));
    CHECK(p.find_shown("1", 2) == nullptr);
    // A model was asked, and shown nothing.
    REQUIRE(p.find_shown("1.1", 1) != nullptr);
    CHECK(p.find_shown("1.1", 1)->empty());
    CHECK(p.find_shown("1.2", 1) == nullptr);
    CHECK(p.learnt().size() == 1);
}

TEST_CASE("answers come back in order, each once, to whom they were given", "[earlier]") {
    record r;
    r.start("1");
    r.answer("1", "first");
    r.start("1.1");
    r.start("1.2");
    r.answer("1.2", "of the second part");
    r.answer("1.1", "of the first part");
    r.answer("1", "plan").purpose = "riva_decomposition";
    r.answer("1", "second");
    earlier_pass p(r.events);
    CHECK(next(p, "1.1") == "of the first part");
    CHECK(next(p, "1.1") == "none");
    CHECK(next(p, "1") == "first");
    CHECK(next(p, "1") == "second");
    CHECK(next(p, "1") == "none");
    CHECK(p.take_answer("1", 1, "riva_decomposition")->said.reply == "plan");
    CHECK(next(p, "1.2") == "of the second part");
    CHECK(next(p, "1.3") == "none");
    CHECK(p.last_seq() == r.events.size());
}

TEST_CASE("what the second attempt at a part was told is not told to the first", "[earlier]") {
    record r;
    r.start("1.1");
    r.answer("1.1", "first attempt");
    r.start("1.1");
    r.answer("1.1", "second attempt");
    r.decide("1.1", 1, "skip");
    earlier_pass p(r.events);
    CHECK(next(p, "1.1", 2) == "second attempt");
    CHECK(next(p, "1.1", 1) == "first attempt");
    CHECK(next(p, "1.1", 1) == "none");
    CHECK(p.find_decision("1.1", 1) == nullptr);
    REQUIRE(p.find_decision("1.1", 1, 2) != nullptr);
    CHECK(p.find_decision("1.1", 1, 2)->decision == "skip");
}

TEST_CASE("what counts for one question only is not taken for another", "[earlier]") {
    record r;
    r.start("1");
    r.answer("1", "of the first").request = "digest one";
    r.answer("1", "of the second").request = "digest two";
    earlier_pass p(r.events);
    CHECK(p.take_answer("1", 1, "riva_action", "another digest") == nullptr);
    const auto* second = p.take_answer("1", 1, "riva_action", "digest two");
    REQUIRE(second != nullptr);
    CHECK(second->said.reply == "of the second");
    CHECK(p.take_answer("1", 1, "riva_action", "digest two") == nullptr);
    CHECK(next(p, "1") == "of the first");
}

TEST_CASE("failures of providers are asked again, and paid for once", "[earlier]") {
    record r;
    r.start("1");
    r.answer("1", "").error = "The server is down.";
    r.answer("1", "good");
    auto& bad = r.answer("1", "");
    bad.error = "The answer is no JSON.";
    bad.unusable = true;
    r.answer("1", "").error = "The server is down again.";
    earlier_pass p(r.events);
    const auto* first = p.take_answer("1", 1, "riva_action");
    REQUIRE(first != nullptr);
    CHECK(first->said.reply == "good");
    CHECK(first->calls == 2);
    CHECK(first->paid == cost{22, 10});
    const auto* second = p.take_answer("1", 1, "riva_action");
    REQUIRE(second != nullptr);
    CHECK(second->said.error == "The answer is no JSON.");
    CHECK(second->calls == 1);
    CHECK(next(p, "1") == "none");
    CHECK(p.spent().calls == 4);
    CHECK(p.spent().micro_usd == 20);
    CHECK(p.spent().by_tier.at("large").input_tokens == 40);
}

TEST_CASE("a second pass adds what it asked, not what it repeated", "[earlier]") {
    record r;
    r.start("1");
    r.answer("1", "a");
    r.answer("1", "b");
    r.decide("1", 1, "verify");
    r.resume();
    r.start("1");
    r.answer("1", "a").recorded = true;
    r.decide("1", 1, "skip");
    r.decide("1", 2, "audit");
    r.resume();
    r.start("1");
    r.answer("1", "a").recorded = true;
    r.answer("1", "b").recorded = true;
    r.answer("1", "c");
    earlier_pass p(r.events);
    CHECK(next(p, "1") == "a");
    CHECK(next(p, "1") == "b");
    CHECK(next(p, "1") == "c");
    CHECK(next(p, "1") == "none");
    CHECK(p.spent().calls == 3);
    REQUIRE(p.find_decision("1", 1) != nullptr);
    CHECK(p.find_decision("1", 1)->decision == "verify");
    REQUIRE(p.find_decision("1", 2) != nullptr);
    CHECK(p.find_decision("1", 2)->decision == "audit");
}

TEST_CASE("calls that were cut off count, as far as anybody knows what they cost", "[earlier]") {
    record r;
    r.start("1");
    r.answer("1", "a");
    r.add(events::model_started{"1", "riva_action", "large", "m", 1, "", ""});
    SECTION("by a cancellation, which books them") {
        events::run_result ended;
        ended.outcome = "cancelled";
        ended.usage.calls = 2;
        ended.usage.micro_usd = 70;
        r.add(ended);
        earlier_pass p(r.events);
        CHECK(p.spent() == ended.usage);
    }
    SECTION("by a kill, which does not") {
        earlier_pass p(r.events);
        CHECK(p.spent().calls == 2);
        CHECK(p.spent().micro_usd == 5);
        CHECK(p.spent().unpriced_calls == 1);
    }
    SECTION("by a kill after the run had booked them") {
        events::effect_prepared writing;
        writing.result.emplace().usage.calls = 2;
        writing.result->usage.micro_usd = 70;
        r.add(writing);
        earlier_pass p(r.events);
        CHECK(p.spent() == writing.result->usage);
        CHECK_FALSE(p.had_result());
    }
    SECTION("by a kill before the run went on") {
        r.resume();
        r.start("1");
        r.answer("1", "a").recorded = true;
        earlier_pass p(r.events);
        CHECK(p.spent().calls == 2);
        CHECK(p.spent().unpriced_calls == 1);
    }
}

TEST_CASE("whose the next recorded answer is, is known before it is taken", "[earlier]") {
    record r;
    r.start("1");
    r.answer("1", "first").tier = "small";
    r.answer("1", "second").tier = "medium";
    earlier_pass p(r.events);
    CHECK(p.find_tier("1", 1, "riva_action") == llm::tier::small);
    CHECK(p.find_tier("1", 1, "riva_action") == llm::tier::small);
    CHECK(next(p, "1") == "first");
    CHECK(p.find_tier("1", 1, "riva_action") == llm::tier::medium);
    CHECK(next(p, "1") == "second");
    CHECK_FALSE(p.find_tier("1", 1, "riva_action").has_value());
    CHECK_FALSE(p.find_tier("1.1", 1, "riva_action").has_value());
}

TEST_CASE("an escape that any earlier pass has told is known by what was decided", "[earlier]") {
    const events::trust_changed escape{"1", 2, "low", "edit", 0, "escape"};
    record r;
    r.start("1");
    r.add(escape);
    r.add(events::trust_changed{"1", 3, "low", "edit", 7, "fail"});
    r.resume();
    r.start("1");
    r.resume();
    const earlier_pass p(r.events);
    CHECK(p.has_told(escape, 1));
    CHECK_FALSE(p.has_told(escape, 2));
    CHECK_FALSE(p.has_told({"1", 2, "medium", "edit", 0, "escape"}, 1));
    CHECK_FALSE(p.has_told({"1", 2, "low", "create", 0, "escape"}, 1));
    CHECK_FALSE(p.has_told({"1", 3, "low", "edit", 0, "escape"}, 1));
    CHECK_FALSE(p.has_told({"1.1", 2, "low", "edit", 0, "escape"}, 1));
}

TEST_CASE("a run has had a result once a pass ended with one", "[earlier]") {
    for (const auto& [outcome, is_result] : std::map<std::string, bool>{
             {"failed", true}, {"unverified", true}, {"exhausted", false}, {"cancelled", false}
         }) {
        record r;
        r.start("1");
        CHECK_FALSE(earlier_pass(r.events).had_result());
        events::run_result ended;
        ended.outcome = outcome;
        r.add(ended);
        CHECK(earlier_pass(r.events).had_result() == is_result);
    }
}
