#include "trust_memory.hpp"

#include "catch.hpp"
#include "error_text.hpp"
#include "temporary_folder.hpp"
#include "trust_fixture.hpp"
#include "trust_session.hpp"

#include <riva/memory/error.hpp>

#include <SQLiteCpp/Database.h>

#include <random>

using namespace riva;
using namespace riva::verify;
using Catch::Contains;
using riva::agents::trust_memory;
using riva::agents::trust_session;
using riva::test::temporary_folder;

namespace {

const memory::trust_scope here{"/projects/here", "digest", "make test"};
const trust_action low{risk_level::low, "edit .py"};

std::unique_ptr<memory::trust_accounts> open_accounts(const std::filesystem::path& file) {
    auto opened = memory::trust_accounts::open(file);
    if (!opened) FAIL(opened.error().context);
    return std::move(*opened);
}

void change_rows(const std::filesystem::path& file, const std::string& sql) {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE, 0, "riva").exec(sql);
}

/// Makes the same decisions and reports once more, on a store. Both must come to the same.
void repeat(
    const std::vector<test::random_session::entry>& journal,
    const trust_settings& settings,
    trust_store& on
) {
    for (const auto& [made, outcome] : journal) {
        const bool reports = outcome.has_value();
        const auto stored = on.transact(made.action, reports ? made.ticket : 0, [&](auto& state) {
            if (reports)
                CHECK(report(settings, state, made.ticket, *outcome));
            else
                CHECK(decide(settings, state, made.action, made.draw) == made);
        });
        if (!stored) FAIL(stored.error().context);
    }
}

/// Verifies an action of low risk, and leaves an audit open.
void leave_an_audit(trust_store& in) {
    const trust_settings settings;
    for (int i = 0; i < 4; ++i) {
        trust_decision made;
        REQUIRE(in.transact(low, 0, [&](auto& state) {
            made = decide(settings, state, low, test::always_audit);
        }));
        if (i == 3) REQUIRE(made.choice == trust_choice::audit);
        if (i < 3)
            REQUIRE(in.transact(low, made.ticket, [&](auto& state) {
                CHECK(report(settings, state, made.ticket, verdict::pass));
            }));
    }
}

}  // namespace

TEST_CASE("trust in the database decides as trust in memory does, bit by bit", "[trust]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 6; ++i) {
        trust_settings settings;
        settings.mode = i % 3 == 0 ? trust_mode::heuristic : trust_mode::certified;
        settings.clean_after_failure = 2;
        test::random_session original(settings, static_cast<unsigned>(random()));
        for (unsigned steps = 50 + random() % 200; steps > 0; --steps) original.step();

        const temporary_folder folder;
        trust_state expected = original.state;
        expected.points = {};  // of the session
        {
            const auto kept = open_accounts(folder / "riva.db");
            trust_memory shared(*kept, here);
            trust_session session(shared);
            repeat(original.journal, settings, session);
            CHECK(session.load().value() == original.state);
            CHECK(shared.load().value() == expected);
        }
        const auto kept = open_accounts(folder / "riva.db");
        CHECK(trust_memory(*kept, here).load().value() == expected);
    }
}

TEST_CASE("a skipped action that turned out wrong is stored", "[trust]") {
    const temporary_folder folder;
    const auto kept = open_accounts(folder / "riva.db");
    trust_memory store(*kept, here);
    leave_an_audit(store);
    trust_state expected = store.load().value();
    report_escape({}, expected, low);
    REQUIRE(store.transact(low, 0, [](auto& state) { report_escape({}, state, low); }));
    CHECK(store.load().value() == expected);
}

TEST_CASE("a ticket is found under whatever action it is reported", "[trust]") {
    const temporary_folder folder;
    const auto kept = open_accounts(folder / "riva.db");
    trust_memory store(*kept, here);
    leave_an_audit(store);
    trust_state expected = store.load().value();
    const std::uint64_t ticket = expected.tickets.begin()->first;
    REQUIRE(report({}, expected, ticket, verdict::fail));
    const trust_action wrong{risk_level::medium, "another"};
    REQUIRE(store.transact(wrong, ticket, [&](auto& state) {
        CHECK(report({}, state, ticket, verdict::fail));
    }));
    CHECK(store.load().value() == expected);
}

TEST_CASE("stored trust that cannot be right is named, and left as it is", "[trust][damage]") {
    const auto [sql, row] = GENERATE(table<std::string, std::string>(
        {{"UPDATE trust_classes SET skipped = delivered + 1", "class of risk low"},
         {"UPDATE trust_classes SET recovering = 5000000000", "class of risk low"},
         {"UPDATE trust_classes SET recovers_from = -1", "class of risk low"},
         {"UPDATE trust_accounts SET theta = 1.4 WHERE position = 3", "class of risk low"},
         {"UPDATE trust_accounts SET charged = -1 WHERE position = 6", "class of risk low"},
         {"DELETE FROM trust_accounts WHERE position = 6", "all its accounts"},
         {"UPDATE trust_accounts SET charged = 0 WHERE position = 0", "open verifications"},
         {"UPDATE trust_patterns SET clean = -1", "pattern 'edit .py'"},
         {"UPDATE trust_scopes SET next_ticket = 0", "next verification"},
         {"UPDATE trust_scopes SET next_ticket = 2", "open verification 4"},
         {"UPDATE trust_tickets SET risk = 3", "open verification 4"},
         {"UPDATE trust_reserved SET amount = -1 WHERE position = 2", "open verification 4"}}
    ));
    CAPTURE(sql);
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    {
        const auto kept = open_accounts(file);
        trust_memory store(*kept, here);
        leave_an_audit(store);
    }
    change_rows(file, sql);
    const auto kept = open_accounts(file);
    trust_memory store(*kept, here);
    const auto rows = kept->load(here);
    REQUIRE(rows);
    const auto transacted = store.transact(low, 4, [](auto&) { FAIL("it was used"); });
    for (const error& found : {store.load().error(), transacted.error()}) {
        CHECK(found.code == memory::errc::corrupt);
        CHECK_THAT(
            found.context,
            Contains(file.string()) && Contains(here.project) && Contains(row) &&
                Contains("trust.mode")
        );
    }
    CHECK(kept->load(here).value() == *rows);
}

TEST_CASE("trust belongs to a repository and to what judges it", "[trust]") {
    agents::task job;
    job.repository = "/projects/here";
    const auto scope = [&](std::vector<std::string> checks) {
        job.checks = std::move(checks);
        return agents::trust_scope_of(job);
    };
    CHECK(scope({}).judges == "the tests of the repository");
    CHECK(scope({"make test"}).judges == "make test");
    CHECK(scope({"a", "b"}) == scope({"b", "a", "b"}));
    const auto one = scope({"a", "b"});
    for (const auto& other : {scope({"a"}), scope({}), scope({"a\n1:b"}), scope({"ab"})})
        CHECK(other.verifiers != one.verifiers);
    job.repository = "/projects/there";
    CHECK(scope({"a", "b"}).project != one.project);
    CHECK(scope({"a", "b"}).verifiers == one.verifiers);
}
