// The engine and the trust that it keeps in its database.

#include "catch.hpp"
#include "error_text.hpp"
#include "trust_memory.hpp"
#include "world.hpp"

#include <riva/memory/error.hpp>

#include <SQLiteCpp/Database.h>

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
