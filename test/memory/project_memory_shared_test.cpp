// Project memory that several threads and processes use, and how it is searched.

#include "catch.hpp"
#include "temporary_folder.hpp"

#include <riva/memory/project_memory.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <entry_index.hpp>
#include <sys/wait.h>
#include <talking_program.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace riva::memory::test {

using riva::test::talking_program;
using riva::test::temporary_folder;

namespace {

constexpr memory_time noon{std::chrono::milliseconds(1'790'000'000'000)};

std::int64_t count_of(const std::vector<project_entry>& all, const std::string& text) {
    for (const auto& e : all)
        if (e.text == text) return e.count;
    return 0;
}

std::string plan_of(SQLite::Database& in, const char* query) {
    std::string plan;
    SQLite::Statement explained(in, std::string("EXPLAIN QUERY PLAN ") + query);
    while (explained.executeStep()) plan += explained.getColumn(3).getString() + "\n";
    return plan;
}

}  // namespace

TEST_CASE("threads and processes that remember at once lose nothing", "[project_memory]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    REQUIRE(project_memory::open(file).has_value());
    constexpr int threads = 8, each = 25;
    std::vector<std::unique_ptr<talking_program>> others;
    for (const char* name : {"first", "second"})
        others.push_back(std::make_unique<talking_program>(
            std::vector<std::string>{RIVA_MEMORY_ADDER, file.string(), name, std::to_string(each)}
        ));
    const auto memory = project_memory::open(file).value();
    std::atomic<int> failures = 0;
    std::vector<std::thread> crew;
    for (int t = 0; t < threads; ++t)
        crew.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                const std::string own = "thread " + std::to_string(t) + "." + std::to_string(i);
                for (const auto& text : {std::string("what all say"), own})
                    if (!memory->add("/a", {.text = text, .paths = {}}, noon)) ++failures;
            }
        });
    for (auto& one : crew) one.join();
    for (auto& other : others) {
        other->hear();
        CHECK(other->end(0) == 0);
    }
    CHECK(failures == 0);
    const auto all = memory->list("/a", {}).value();
    CHECK(all.size() == 1 + (threads + 2) * each);
    CHECK(count_of(all, "what all say") == (threads + 2) * each);
}

TEST_CASE("a process that is killed while it remembers leaves whole entries", "[project_memory]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    talking_program adder({RIVA_MEMORY_ADDER, file.string(), "one", "100000"});
    adder.hear(20);
    CHECK(WTERMSIG(adder.end(SIGKILL)) == SIGKILL);
    adder.hear();
    const auto memory = project_memory::open(file).value();
    const auto all = memory->list("/a", {}).value();
    REQUIRE(all.size() >= 21);
    const auto found = memory->recall("/a", {.words = "one says 19", .files = {}, .hints = {}});
    CHECK(count_of(found.value(), "one says 19") == 1);
}

TEST_CASE("every question of the search is answered by an index", "[project_memory]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    REQUIRE(project_memory::open(file).has_value());
    SQLite::Database in(file.string(), SQLite::OPEN_READONLY);
    for (const char* query :
         {entry_queries::count_matches, entry_queries::rank_matches, entry_queries::latest_matches
         }) {
        const std::string plan = plan_of(in, query);
        INFO(query << "\n" << plan);
        CHECK(plan.find("memory_words VIRTUAL TABLE INDEX") != std::string::npos);
        CHECK(plan.find(":M") != std::string::npos);  // by the words, not one after the other
        CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    }
    const std::string plan = plan_of(in, entry_queries::of_all_files);
    INFO(plan);
    CHECK(plan.find("INDEX memory_of_all_files (project=?)") != std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
}

TEST_CASE("of many entries the rare words decide, and the latest of the rest", "[project_memory]") {
    const temporary_folder folder;
    const auto memory = project_memory::open(folder / "riva.db").value();
    const auto add = [&](const std::string& text) {
        new_entry what{.text = text, .paths = {"*.py"}};
        REQUIRE(memory->add("/a", what, noon).has_value());
    };
    add("the usual words and a needle");
    for (int i = 0; i < 300; ++i) add("the usual words number " + std::to_string(i));
    const auto ask = [&](const std::string& words) {
        return memory->recall("/a", {.words = words, .files = {}, .hints = {}}).value();
    };
    REQUIRE(ask("usual needle").size() == 24);
    CHECK(ask("usual needle").front().text == "the usual words and a needle");
    CHECK(ask("usual words").front().text == "the usual words number 299");
}

}  // namespace riva::memory::test
