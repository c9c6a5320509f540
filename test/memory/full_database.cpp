#include "full_database.hpp"

#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/check_records.hpp>
#include <riva/memory/pattern_records.hpp>
#include <riva/memory/project_memory.hpp>
#include <riva/memory/trust_accounts.hpp>

#include <SQLiteCpp/Statement.h>
#include <catch.hpp>
#include <database.hpp>

#include <chrono>
#include <optional>

namespace riva::test {
namespace {

constexpr std::chrono::seconds patience{5};

memory::trust_scope scope(int number) {
    return {"/project" + std::to_string(number), "verifiers", "judges"};
}

void fill_journal_and_trust(const std::filesystem::path& file) {
    const auto journal = open_journal(file);
    for (const auto& e : every_event("r")) REQUIRE(append(*journal, e));
    for (std::uint64_t seq = 1; seq <= 40; ++seq)
        REQUIRE(append(*journal, log_event("long", seq, std::string(9000 + seq / 4, 'x'))));
    for (int i = 0; i < 60; ++i)
        REQUIRE(append(*journal, log_event("run" + std::to_string(i), 1, std::string(200, 'y'))));
    const auto checks = memory::check_records::open(file);
    const auto trust = memory::trust_accounts::open(file);
    REQUIRE(checks);
    REQUIRE(trust);
    for (int i = 0; i < 40; ++i) {
        const std::string name = std::to_string(i);
        REQUIRE((*checks)->add("/p", {{"kind" + name, 10 + i, i, std::chrono::milliseconds(i)}}));
        REQUIRE((*trust)->add_canaries(scope(i % 3), {{"check" + name, 20, i % 20}}));
        REQUIRE((*trust)->transact(scope(i % 3), {i % 3, "edit " + name, 0}, [&](auto& rows) {
            rows.classes = {{i % 3, 50 + i, i, 3, 1, 0, 0, {{1.5, i}, {0.25, 7}}}};
            rows.patterns = {{i % 3, "edit " + name, i, 2}};
            rows.tickets = {{i + 1, i % 3, "edit " + name, false, true, i % 2 == 0, {1, 2}}};
            rows.next_ticket = i + 2;
            return result<void>();
        }));
    }
}

constexpr memory::memory_time long_ago{std::chrono::hours(400'000)};

void fill_memory(const std::filesystem::path& file) {
    const auto remembered = memory::project_memory::open(file);
    const auto patterns = memory::pattern_records::open(file);
    REQUIRE(remembered);
    REQUIRE(patterns);
    for (int i = 0; i < 60; ++i) {
        const std::string name = std::to_string(i);
        memory::new_entry entry;
        entry.text = "use the clock " + name + " of the runtime " + std::string(100, 'w');
        entry.evidence = {{"run" + name, 3, "a.cpp", "-old\n+new " + name + "\n"}};
        REQUIRE((*remembered)->add("/p", entry, long_ago));
        REQUIRE((*patterns)->add(
            "/p", {"edit ." + name, "run" + name, "1", "a.cpp", i % 3 == 0, long_ago}
        ));
    }
}

template <class T>
answer to_answer(const result<T>& found, const std::function<std::vector<std::string>(T)>& show) {
    if (!found) return found.error();
    return show(*found);
}

/// Every row of every table, whatever tables there are.
answer every_row(const std::filesystem::path& file) {
    const auto opened = memory::database::open(file, patience);
    if (!opened) return opened.error();
    std::vector<std::string> all;
    const auto ended = (*opened)->read([&](SQLite::Database& in) {
        SQLite::Statement tables(in, "SELECT name FROM sqlite_schema WHERE type = 'table'");
        while (tables.executeStep()) {
            all.push_back(tables.getColumn(0).getString());
            SQLite::Statement row(in, "SELECT * FROM \"" + all.back() + "\"");
            while (row.executeStep())
                for (int i = 0; i < row.getColumnCount(); ++i)
                    all.push_back(row.getColumn(i).getString());
        }
    });
    if (!ended) return ended.error();
    return all;
}

answer events_of(const std::filesystem::path& file, const std::string& run) {
    const auto opened = memory::sqlite_journal::open(file);
    if (!opened) return opened.error();
    return to_answer<std::vector<event>>(read(**opened, run), [](const auto& found) {
        std::vector<std::string> all;
        for (const auto& e : found) all.push_back(to_json(e));
        return all;
    });
}

answer list_of_runs(const std::filesystem::path& file) {
    const auto opened = memory::sqlite_journal::open(file);
    if (!opened) return opened.error();
    return to_answer<std::vector<run_summary>>(runs(**opened), [](const auto& found) {
        std::vector<std::string> all;
        for (const auto& one : found) all.push_back(one.id + ' ' + one.task + ' ' + one.outcome);
        return all;
    });
}

answer checks_of(const std::filesystem::path& file) {
    const auto opened = memory::check_records::open(file);
    if (!opened) return opened.error();
    return to_answer<std::vector<memory::check_row>>((*opened)->load("/p"), [](const auto& found) {
        std::vector<std::string> all;
        for (const auto& one : found)
            all.push_back(one.kind + ' ' + std::to_string(one.runs * 1000 + one.failures));
        return all;
    });
}

answer trust_of(const std::filesystem::path& file) {
    const auto opened = memory::trust_accounts::open(file);
    if (!opened) return opened.error();
    const auto found = (*opened)->load(scope(1));
    const auto canaries = (*opened)->load_canaries(scope(2));
    if (!found) return found.error();
    if (!canaries) return canaries.error();
    std::vector<std::string> all{std::to_string(found->next_ticket)};
    for (const auto& one : found->classes) all.push_back(std::to_string(one.delivered));
    for (const auto& one : found->patterns)
        all.push_back(one.pattern + ' ' + std::to_string(one.clean));
    for (const auto& one : found->tickets) all.push_back(std::to_string(one.ticket));
    for (const auto& one : *canaries) all.push_back(one.check + ' ' + std::to_string(one.caught));
    return all;
}

answer entries_of(const std::filesystem::path& file) {
    const auto opened = memory::project_memory::open(file);
    if (!opened) return opened.error();
    const auto listed = (*opened)->list("/p", std::nullopt);
    const auto found = (*opened)->recall("/p", {"the clock 7"});
    if (!listed) return listed.error();
    if (!found) return found.error();
    std::vector<std::string> all;
    for (const auto* some : {&*listed, &*found})
        for (const auto& one : *some) {
            all.push_back(std::to_string(one.id) + ' ' + one.text);
            for (const auto& seen : one.evidence) all.push_back(seen.run + ' ' + seen.hunk);
        }
    return all;
}

answer patterns_of(const std::filesystem::path& file) {
    const auto opened = memory::pattern_records::open(file);
    if (!opened) return opened.error();
    return to_answer<std::vector<memory::pattern_row>>(
        (*opened)->load("/p", long_ago),
        [](const auto& found) {
            std::vector<std::string> all;
            for (const auto& one : found)
                all.push_back(
                    one.pattern + ' ' + std::to_string(one.successes * 100 + one.failures)
                );
            return all;
        }
    );
}

}  // namespace

void write_full_database(const std::filesystem::path& file) {
    fill_journal_and_trust(file);
    fill_memory(file);
}

const std::vector<question>& every_question() {
    static const std::vector<question> all = {
        {"every row", every_row},
        {"a run", [](const auto& file) { return events_of(file, "r"); }},
        {"a run with long texts", [](const auto& file) { return events_of(file, "long"); }},
        {"the list of runs", list_of_runs},
        {"how checks did", checks_of},
        {"trust", trust_of},
        {"what is remembered of a project", entries_of},
        {"patterns", patterns_of},
    };
    return all;
}

}  // namespace riva::test
