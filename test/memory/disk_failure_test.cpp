#include "journal_fixture.hpp"
#include "power_cut.hpp"
#include "recorded_disk.hpp"

#include <riva/memory/error.hpp>

#include <catch.hpp>
#include <sqlite3.h>
#include <temporary_folder.hpp>

#include <string>
#include <vector>

namespace riva::test {
namespace {

using kind = disk_step::kind;
using memory::errc;

/// Lets steps fail while it lives.
class failing_disk {
public:
    explicit failing_disk(std::function<int(const disk_step&)> decide) {
        recorded_disk::instance().fail(std::move(decide));
    }
    ~failing_disk() { recorded_disk::instance().fail(nullptr); }
    failing_disk(const failing_disk&) = delete;
    failing_disk& operator=(const failing_disk&) = delete;
};

/// Opens a journal and goes on with run `r` until it has ten events, or fails. Returns how many are
/// durable.
std::uint64_t write_ten(const std::filesystem::path& file) {
    const auto opened = memory::sqlite_journal::open(file);
    if (!opened) return 0;
    std::uint64_t seq = 0;
    while (seq < 10 && append(**opened, log_event("r", seq + 1, std::string(2000, 'x')))) ++seq;
    return seq;
}

}  // namespace

TEST_CASE("journal trusts a disk no more that could not sync", "[disk]") {
    recorded_disk::instance();
    const temporary_folder folder(fast_folder());
    auto journal = open_journal(folder / "riva.db");
    REQUIRE(append(*journal, log_event("r", 1)));
    int syncs = 0;
    {
        const failing_disk broken([&](const disk_step& step) {
            if (step.what != kind::sync) return SQLITE_OK;
            ++syncs;
            return SQLITE_IOERR_FSYNC;
        });
        const auto failed = append(*journal, log_event("r", 2));
        REQUIRE(!failed);
        CHECK(failed.error().code == errc::io_failed);
        CHECK(failed.error().context.find((folder / "riva.db").string()) != std::string::npos);
        CHECK(syncs == 1);
    }
    CHECK(append(*journal, log_event("r", 2)).error().code == errc::io_failed);
    CHECK(syncs == 1);
    CHECK(read(*journal, "r"));
    journal.reset();
    journal = open_journal(folder / "riva.db");
    const auto found = read(*journal, "r");
    REQUIRE(found);
    CHECK(!found->empty());
    CHECK(append(*journal, log_event("r", found->size() + 1)));
}

TEST_CASE("journal goes on when a full disk has space again", "[disk]") {
    recorded_disk::instance();
    const temporary_folder folder(fast_folder());
    const auto journal = open_journal(folder / "riva.db");
    REQUIRE(append(*journal, log_event("r", 1)));
    {
        const failing_disk full([](const disk_step& step) {
            return step.what == kind::write ? SQLITE_FULL : SQLITE_OK;
        });
        const auto failed = append(*journal, log_event("r", 2));
        REQUIRE(!failed);
        CHECK(failed.error().code == errc::full);
        CHECK(read(*journal, "r")->size() == 1);
    }
    CHECK(append(*journal, log_event("r", 2)));
    CHECK(read(*journal, "r")->size() == 2);
}

TEST_CASE("journal keeps its word wherever the disk begins to fail", "[disk]") {
    recorded_disk::instance();
    for (const int code : {SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_IOERR_FSYNC, SQLITE_READONLY}) {
        std::size_t failed = 1;
        for (std::size_t good = 0; failed > 0; ++good) {
            INFO("code " << code << ", after " << good << " steps");
            REQUIRE(good < 1000);
            const temporary_folder folder(fast_folder());
            std::size_t steps = 0;
            failed = 0;
            std::uint64_t durable = 0;
            {
                const failing_disk broken([&](const disk_step&) {
                    if (steps++ < good) return SQLITE_OK;
                    ++failed;
                    return code;
                });
                durable = write_ten(folder / "riva.db");
            }
            const auto journal = open_journal(folder / "riva.db");
            const auto found = read(*journal, "r");
            const std::uint64_t kept = found ? found->size() : 0;
            if (!found) CHECK(found.error().code == errc::unknown_run);
            CHECK(kept >= durable);
            CHECK(append(*journal, log_event("r", kept + 1)));
        }
    }
}

}  // namespace riva::test
