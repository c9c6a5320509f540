#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <catch.hpp>
#include <database.hpp>
#include <run_records.hpp>
#include <sys/wait.h>
#include <talking_program.hpp>
#include <temporary_folder.hpp>

#include <algorithm>
#include <csignal>
#include <map>
#include <random>
#include <sstream>
#include <utility>

namespace riva::test {
namespace {

using memory::errc;

/// A child process that appends to several runs, and what it said was durable.
struct writing_process : talking_program {
    writing_process(const std::filesystem::path& file, int count, std::uint64_t bytes)
        : talking_program(
              {RIVA_JOURNAL_WRITER, file.string(), std::to_string(count), std::to_string(bytes)}
          ) {}

    /// The last word of each run on each of its lines, numbers only.
    std::map<std::string, std::uint64_t> acknowledged() const {
        std::map<std::string, std::uint64_t> last;
        std::istringstream lines(said());
        std::string run;
        std::string word;
        while (lines >> run && std::getline(lines, word))
            if (const auto seq = std::strtoull(word.c_str(), nullptr, 10); seq > 0) last[run] = seq;
        return last;
    }
};

/// Checks that every acknowledged event is there and that each run can go on.
void check_nothing_lost(
    const std::filesystem::path& file, const std::map<std::string, std::uint64_t>& acknowledged
) {
    const auto journal = open_journal(file);
    for (const auto& [run, seq] : acknowledged) {
        INFO("run " << run << ", event " << seq);
        const auto found = read(*journal, run);
        REQUIRE(found);
        CHECK(found->size() >= seq);
        CHECK(append(*journal, log_event(run, found->size() + 1)));
    }
}

}  // namespace

TEST_CASE("journal holds whatever it acknowledged when its process is killed", "[crash]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 12; ++i) {
        const temporary_folder folder;
        writing_process writer(folder / "riva.db", 4, 0);
        writer.hear(1 + random() % 200);
        CHECK(WTERMSIG(writer.end(SIGKILL)) == SIGKILL);
        writer.hear();
        REQUIRE(!writer.acknowledged().empty());
        check_nothing_lost(folder / "riva.db", writer.acknowledged());
    }
}

TEST_CASE("journal is created or not when its process is killed while opening", "[crash]") {
    for (int i = 0; i < 30; ++i) {
        const temporary_folder folder;
        {
            writing_process writer(folder / "riva.db", 1, 0);
            ::usleep(static_cast<useconds_t>(1000 * i));
            writer.end(SIGKILL);
            writer.hear();
            check_nothing_lost(folder / "riva.db", writer.acknowledged());
        }
        const auto journal = open_journal(folder / "riva.db");
        CHECK(append(*journal, log_event("new", 1)));
    }
}

TEST_CASE("journal stops writing when the disk takes no more", "[crash]") {
    const temporary_folder folder;
    writing_process writer(folder / "riva.db", 2, 400'000);
    writer.hear();
    CHECK(writer.end(0) == 0);
    const auto acknowledged = writer.acknowledged();
    REQUIRE(!acknowledged.empty());
    for (const auto* run : {"r0", "r1"})
        CHECK(
            writer.said().find(std::string(run) + " database input or output failed") !=
            std::string::npos
        );
    check_nothing_lost(folder / "riva.db", acknowledged);
}

TEST_CASE("database that is full keeps what it has and goes on with more space", "[crash]") {
    const temporary_folder folder;
    auto opened = memory::database::open(folder / "riva.db", std::chrono::milliseconds(100));
    REQUIRE(opened);
    auto& store = **opened;
    const auto append_to = [&](SQLite::Database& to, std::uint64_t seq) {
        memory::event_writer writer(to);
        const auto ended =
            writer.append(log_event("r", seq, std::to_string(seq) + std::string(4000, 'x')));
        CHECK(ended);
    };
    REQUIRE(store.write([](SQLite::Database& to) { to.exec("PRAGMA max_page_count = 40"); }));
    std::uint64_t kept = 0;
    result<void> ended;
    while ((ended = store.write([&](SQLite::Database& to) { append_to(to, kept + 1); })))
        REQUIRE(++kept < 1000);
    CHECK(ended.error().code == errc::full);
    CHECK(ended.error().context.find("riva.db") != std::string::npos);

    REQUIRE(store.write([](SQLite::Database& to) { to.exec("PRAGMA max_page_count = 4000"); }));
    REQUIRE(store.write([&](SQLite::Database& to) { append_to(to, kept + 1); }));
    opened->reset();
    CHECK(read(*open_journal(folder / "riva.db"), "r")->size() == kept + 1);
}

}  // namespace riva::test
