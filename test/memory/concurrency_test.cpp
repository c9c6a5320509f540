#include "journal_fixture.hpp"

#include <riva/memory/check_records.hpp>
#include <riva/memory/error.hpp>

#include <SQLiteCpp/Database.h>
#include <catch.hpp>
#include <database.hpp>
#include <talking_program.hpp>
#include <temporary_folder.hpp>
#include <write_lock.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace riva::test {
namespace {

constexpr std::chrono::seconds patience{5};

}  // namespace

TEST_CASE("two processes with eight threads each write all that they say", "[concurrency]") {
    constexpr int threads = 8;
    constexpr std::uint64_t events = 15;
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    std::vector<std::unique_ptr<talking_program>> writers;
    for (const auto* name : {"a", "b"})
        writers.push_back(std::make_unique<talking_program>(std::vector<std::string>{
            RIVA_JOURNAL_WRITER,
            file.string(),
            std::to_string(threads),
            name,
            std::to_string(events)
        }));
    for (auto& writer : writers) {
        writer->hear();
        CHECK(writer->end(0) == 0);
        CHECK(writer->said().find("not") == std::string::npos);
    }

    const auto journal = open_journal(file);
    CHECK(runs(*journal)->size() == 2 * threads);
    for (const auto* name : {"a", "b"})
        for (int i = 0; i < threads; ++i) {
            const auto found = read(*journal, name + std::to_string(i));
            REQUIRE(found);
            CHECK(found->size() == events);
        }
    const auto counted = (*memory::check_records::open(file))->load("/p");
    REQUIRE(counted);
    REQUIRE(counted->size() == 1);
    CHECK(counted->front().runs == static_cast<std::int64_t>(2 * threads * events));
    SQLite::Database looked(file.string(), SQLite::OPEN_READONLY);
    CHECK(looked.execAndGet("PRAGMA integrity_check").getString() == "ok");
}

TEST_CASE("several threads create a database, and all of them know it", "[concurrency]") {
    for (int round = 0; round < 30; ++round) {
        const temporary_folder folder;
        std::vector<std::string> said(8);
        std::vector<std::thread> threads;
        for (auto& mine : said)
            threads.emplace_back([&] {
                const auto opened = memory::database::open(folder / "riva.db", patience);
                mine = opened ? "opened" : opened.error().context;
            });
        for (auto& each : threads) each.join();
        REQUIRE(said == std::vector<std::string>(8, "opened"));
    }
}

TEST_CASE("threads of a process write in the order in which they came", "[concurrency]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    std::mutex guard;
    std::vector<int> order;
    std::vector<std::thread> threads;
    {
        const auto held = memory::write_lock::acquire(file, patience);
        REQUIRE(held);
        for (int i = 0; i < 5; ++i) {
            threads.emplace_back([&, i] {
                const auto mine = memory::write_lock::acquire(file, patience);
                const std::lock_guard lock(guard);
                order.push_back(mine ? i : -1);
            });
            const auto place = memory::turnstile::of(file);
            while (place->waiting() <= static_cast<std::size_t>(i)) std::this_thread::yield();
        }
    }
    for (auto& each : threads) each.join();
    CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("a thread that may not wait goes away, and the next one has its turn", "[concurrency]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    {
        const auto held = memory::write_lock::acquire(file, patience);
        REQUIRE(held);
        const auto refused = memory::write_lock::acquire(file, std::chrono::milliseconds(20));
        REQUIRE(!refused);
        CHECK(refused.error().code == memory::errc::busy);
        CHECK(refused.error().context.starts_with("This process "));
    }
    CHECK(memory::write_lock::acquire(file, std::chrono::milliseconds(0)));
}

}  // namespace riva::test
