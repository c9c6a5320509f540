#include "journal_fixture.hpp"

#include <riva/memory/check_records.hpp>

#include <SQLiteCpp/Database.h>
#include <catch.hpp>
#include <talking_program.hpp>
#include <temporary_folder.hpp>

#include <memory>
#include <string>
#include <vector>

namespace riva::test {

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

}  // namespace riva::test
