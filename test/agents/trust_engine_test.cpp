// The engine and the trust that it keeps in its database.

#include "catch.hpp"
#include "error_text.hpp"
#include "trust_memory.hpp"
#include "world.hpp"

#include <riva/agents/metrics.hpp>
#include <riva/memory/error.hpp>

#include <SQLiteCpp/Database.h>

#include <algorithm>
#include <filesystem>

using namespace riva;
using namespace riva::verify;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::propose;
using riva::test::script_of;
using riva::test::world;

namespace {

/// Verifies one action for a task, in the state folder of a world.
void verify_once(const world& w, agents::task job) {
    std::filesystem::create_directories(w.settings.state_folder);
    job.repository = std::filesystem::canonical(job.repository);
    const auto kept = memory::trust_accounts::open(w.settings.state_folder / "riva.db");
    if (!kept) FAIL(kept.error().context);
    agents::trust_memory store(**kept, agents::trust_scope_of(job));
    REQUIRE(store.transact({risk_level::low, "edit"}, 0, [](trust_state& state) {
        decide({}, state, {risk_level::low, "edit"}, 0);
    }));
}

void damage(const world& w) {
    const auto file = w.settings.state_folder / "riva.db";
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE, 0, "riva")
        .exec("UPDATE trust_classes SET audited = -1");
}

/// A store that trusts every pattern, so that only the coin decides, and counts what escaped.
struct trusting_store final : trust_store {
    trust_in_memory kept;
    int escapes = 0;

    result<void> transact(
        const trust_action& concerns,
        std::uint64_t ticket,
        const std::function<void(trust_state&)>& change
    ) override {
        return kept.transact(concerns, ticket, [&](trust_state& state) {
            trust_class& low = state.of(risk_level::low);
            low.delivered = std::max<std::int64_t>(low.delivered, 5000);
            low.recovering = 0;
            low.patterns[concerns.pattern].clean = 3;
            change(state);
            if (ticket == 0 && low.patterns[concerns.pattern].clean == 0) ++escapes;
        });
    }
    result<trust_state> load() override { return kept.load(); }
};

std::vector<events::trust_changed> trust_changes(const std::vector<event>& recorded) {
    std::vector<events::trust_changed> all;
    for (const auto& e : recorded)
        if (const auto* changed = std::get_if<events::trust_changed>(&e.body))
            all.push_back(*changed);
    return all;
}

}  // namespace

TEST_CASE("a run does not start on damaged trust, unless everything is verified", "[trust]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"a.txt", "a\n"})}));
    const agents::task job = w.task("write a.txt", {"test -f a.txt"});
    verify_once(w, job);
    damage(w);
    const auto refused = w.run(job);
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == memory::errc::corrupt);
    CHECK_THAT(refused.error().context, Contains("riva.db") && Contains("class of risk low"));
    CHECK(w.events.empty());

    w.settings.trust.mode = trust_mode::off;
    CHECK(w.run(job).value().result.outcome == "verified");
}

TEST_CASE("damaged trust of other checks does not stop a run", "[trust]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"a.txt", "a\n"})}));
    verify_once(w, w.task("write a.txt", {"true"}));
    damage(w);
    CHECK(w.run(w.task("write a.txt", {"test -f a.txt"})).value().result.outcome == "verified");
}

TEST_CASE("a run that goes on tells trust each thing once", "[trust][resume]") {
    if (!have_sandbox()) return;
    const auto create = [](const char* path, const char* content, bool done) {
        return propose(create_file{path, content}, done);
    };
    // The coin audits some of the time; a skip is looked for.
    for (int attempt = 0; attempt < 200; ++attempt) {
        trusting_store store;
        world w(script_of(
            {create("a.py", "def broken(:\n", false),
             create("b.py", "x = 1\n", true),
             create("a.py", "x = 1\n", false),
             create("b.py", "x = 1\n", true)}
        ));
        w.parts.trust = &store;
        w.settings.spending.calls = 3;
        const auto stopped = w.run(w.task("write two modules", {"true"})).value();
        REQUIRE(stopped.result.outcome == "exhausted");
        if (w.seen<events::verify_decided>().front().decision != "skip") continue;
        REQUIRE(store.escapes == 1);
        const auto ended = w.resume({stopped.run, {{"max_calls", "9"}}, false}).value();
        REQUIRE(ended.result.outcome == "verified");
        CHECK(store.escapes == 1);
        const auto recorded = w.recorded(stopped.run);
        const auto told = trust_changes(recorded);
        CHECK(
            std::ranges::count(told, std::string("escape"), &events::trust_changed::outcome) == 1
        );
        for (const auto& one : told)
            if (one.ticket != 0)
                CHECK(std::ranges::count(told, one.ticket, &events::trust_changed::ticket) == 1);
        CHECK(agents::measure(recorded).work.all_decisions().escaped == 1);
        return;
    }
    FAIL("no change was skipped in 200 runs");
}
