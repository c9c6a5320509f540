#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/check_records.hpp>
#include <riva/memory/error.hpp>
#include <riva/memory/trust_accounts.hpp>

#include <SQLiteCpp/Statement.h>
#include <catch.hpp>
#include <database.hpp>
#include <temporary_folder.hpp>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <random>

namespace riva::test {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t page = 4096;

memory::trust_scope scope(int number) {
    return {"/project" + std::to_string(number), "verifiers", "judges"};
}

/// A database in which every table has rows, on several pages where that is possible.
void fill(const std::filesystem::path& file) {
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

using answer = result<std::vector<std::string>>;

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

/// Whatever is read from a database by itself. A damaged one gives the same answer, or says no.
const std::vector<std::pair<const char*, std::function<answer(const std::filesystem::path&)>>>
    every_question = {
        {"every row", every_row},
        {"a run", [](const auto& file) { return events_of(file, "r"); }},
        {"a run with long texts", [](const auto& file) { return events_of(file, "long"); }},
        {"the list of runs", list_of_runs},
        {"how checks did", checks_of},
        {"trust", trust_of},
};

using random_source = std::mt19937;

std::size_t any_page(random_source& random, const std::string& bytes) {
    return random() % (bytes.size() / page) * page;
}

void flip_bits(random_source& random, std::string& bytes) {
    for (auto n = random() % 3 == 0 ? 1 + random() % 8 : 1; n > 0; --n) {
        const std::size_t within = random() % 8 == 0 ? 100 : bytes.size();
        bytes[random() % within] ^= static_cast<char>(1U << random() % 8);
    }
}

void cut_off(random_source& random, std::string& bytes) {
    // An empty file is a new database.
    bytes.resize(1 + (random() % 2 == 0 ? any_page(random, bytes) : random() % bytes.size()));
}

void zero_page(random_source& random, std::string& bytes) {
    bytes.replace(any_page(random, bytes), page, page, '\0');
}

void zero_sector(random_source& random, std::string& bytes) {
    bytes.replace(random() % (bytes.size() / 512) * 512, 512, 512, '\0');
}

void garble_sector(random_source& random, std::string& bytes) {
    const std::size_t at = random() % (bytes.size() / 512) * 512;
    for (std::size_t i = 0; i < 512; ++i) bytes[at + i] = static_cast<char>(random());
}

void copy_page(random_source& random, std::string& bytes) {
    const std::string other = bytes.substr(any_page(random, bytes), page);
    bytes.replace(any_page(random, bytes), page, other);
}

const std::vector<std::pair<const char*, void (*)(random_source&, std::string&)>> every_damage = {
    {"flipped bits", flip_bits},
    {"flipped bits", flip_bits},
    {"flipped bits", flip_bits},
    {"cut off", cut_off},
    {"a page of zeros", zero_page},
    {"a sector of zeros", zero_sector},
    {"a sector of garbage", garble_sector},
    {"a page in the place of another", copy_page},
};

/// Where writing does not wait for a disk, if there is such a place.
std::filesystem::path fast_folder() {
    const std::filesystem::path in_memory = "/dev/shm";
    return ::access(in_memory.c_str(), W_OK) == 0 ? in_memory
                                                  : std::filesystem::temp_directory_path();
}

void write_copy(const std::filesystem::path& file, const std::string& bytes) {
    for (const auto* end : {"-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

std::size_t damages() {
    const char* wanted = std::getenv("RIVA_DAMAGES");
    return wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 2'000;
}

}  // namespace

TEST_CASE("a damaged database gives the right answer or none", "[damage]") {
    const char* const wanted = std::getenv("RIVA_SEED");
    const auto seed = wanted ? std::strtoul(wanted, nullptr, 10) : std::random_device{}();
    INFO("seed " << seed);
    random_source random(seed);
    const temporary_folder folder(fast_folder());
    fill(folder / "riva.db");
    const std::string whole = read_file(folder / "riva.db");
    REQUIRE(whole.size() > 30 * page);
    std::vector<answer> right;
    for (const auto& [name, ask] : every_question) {
        INFO(name);
        right.push_back(ask(folder / "riva.db"));
        REQUIRE(right.back());
        REQUIRE(right.back()->size() > 1);
    }

    std::size_t refused = 0;
    const auto file = folder / "damaged.db";
    for (std::size_t i = 0; i < damages(); ++i) {
        const auto& [damage, apply] = every_damage[i % every_damage.size()];
        std::string bytes = whole;
        apply(random, bytes);
        write_copy(file, bytes);
        const std::size_t n = random() % every_question.size();
        const auto given = every_question[n].second(file);
        INFO("damage " << i << ", " << damage << ", " << every_question[n].first);
        INFO("of " << whole.size() << " bytes " << bytes.size() << " are left");
        if (given) {
            if (*given != *right[n]) FAIL("a wrong answer");
        } else {
            INFO(given.error().context);
            if (given.error().code != riva::condition::corrupt &&
                given.error().code != riva::condition::invalid)
                FAIL("not said to be damaged");
            ++refused;
        }
        if (given || i % 16 == 0) REQUIRE(read_file(file) == bytes);
    }
    CHECK(refused > damages() / 10);
}

}  // namespace riva::test
