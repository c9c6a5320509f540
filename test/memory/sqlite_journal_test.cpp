#include "../runtime/every_event.hpp"
#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <catch.hpp>
#include <run.hpp>
#include <temporary_folder.hpp>

#include <algorithm>
#include <future>
#include <optional>

namespace riva::test {
namespace {

using memory::errc;

asio::awaitable<void> write_run(journal& to, std::string run, std::uint64_t count) {
    for (std::uint64_t seq = 1; seq <= count; ++seq) {
        const auto written = co_await to.append(log_event(run, seq, std::to_string(seq)));
        if (!written) throw std::runtime_error(written.error().context);
    }
}

asio::awaitable<void> write_one(journal& to, event e, int& written) {
    const auto ended = co_await to.append(std::move(e));
    if (ended) ++written;
}

/// How many transactions a write-ahead log holds: the frames that end one name the size of the
/// database after it.
int commits_in(const std::filesystem::path& log) {
    const std::string bytes = read_file(log);
    const auto number = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i)
            value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
        return value;
    };
    const std::size_t page = number(8);
    int count = 0;
    for (std::size_t at = 32; at + 24 + page <= bytes.size(); at += 24 + page)
        if (number(at + 4) != 0) ++count;
    return count;
}

}  // namespace

TEST_CASE("journal reads back every type of event after it was opened again", "[journal]") {
    const temporary_folder folder;
    const auto written = write_sample(folder / "riva.db");
    const auto journal = open_journal(folder / "riva.db");
    const auto found = read(*journal, "r");
    REQUIRE(found);
    CHECK(*found == written);
}

TEST_CASE("journal reads what was just appended", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    REQUIRE(append(*journal, log_event("r", 1)));
    CHECK(*read(*journal, "r") == std::vector<event>{log_event("r", 1)});
    REQUIRE(append(*journal, log_event("r", 2)));
    CHECK(read(*journal, "r")->size() == 2);
}

TEST_CASE("journal keeps an event of several megabytes", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    const event large = log_event("r", 1, std::string(8 << 20, 'x'));
    REQUIRE(append(*journal, large));
    CHECK(*read(*journal, "r") == std::vector<event>{large});
}

TEST_CASE("journal knows no run that was not written", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    const auto found = read(*journal, "nobody");
    REQUIRE(!found);
    CHECK(found.error().code == errc::unknown_run);
    CHECK(found.error().context.find("nobody") != std::string::npos);
    CHECK(runs(*journal)->empty());
}

TEST_CASE("journal lists runs newest first, with their results", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    event old = log_event("old", 1);
    old.time += std::chrono::seconds(1000);
    old.body =
        riva::events::run_started{"old task", "", "coder", "/srv/a", "1", {}, {}, false, "", ""};
    event young = old;
    young.run = "young";
    young.time += std::chrono::seconds(1);
    std::get<riva::events::run_started>(young.body).task = "young task";
    event end = young;
    end.seq = 2;
    events::run_result verified;
    verified.outcome = "verified";
    end.body = verified;
    for (const auto& e : {young, old, end}) REQUIRE(append(*journal, e));

    const std::vector<riva::run_summary> expected = {
        {"young", young.time, "young task", "/srv/a", "verified"},
        {"old", old.time, "old task", "/srv/a", ""},
    };
    CHECK(*runs(*journal) == expected);

    event again = end;
    again.seq = 3;
    again.body = events::run_resumed{2, "1", {}, false};
    REQUIRE(append(*journal, again));
    CHECK(runs(*journal)->front().outcome.empty());
}

TEST_CASE("journal refuses an event that does not follow the one before", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    CHECK(append(*journal, log_event("r", 2)).error().code == riva::errc::malformed_event);
    REQUIRE(append(*journal, log_event("r", 1)));
    CHECK(append(*journal, log_event("r", 1, "twice")).has_error());
    CHECK(append(*journal, log_event("r", 3)).has_error());
    REQUIRE(append(*journal, log_event("r", 2)));
    CHECK(read(*journal, "r")->size() == 2);
}

TEST_CASE("journal keeps 64 concurrent runs on two threads apart and in order", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    asio::thread_pool pool(2);
    std::vector<std::future<void>> ends;
    for (int i = 0; i < 64; ++i)
        ends.push_back(asio::co_spawn(
            asio::any_io_executor(asio::make_strand(pool)),
            write_run(*journal, "run" + std::to_string(i), 50),
            asio::use_future
        ));
    for (auto& end : ends) end.get();
    pool.join();

    REQUIRE(runs(*journal)->size() == 64);
    for (int i = 0; i < 64; ++i) {
        const std::string run = "run" + std::to_string(i);
        const auto found = read(*journal, run);
        REQUIRE(found);
        REQUIRE(found->size() == 50);
        for (std::uint64_t seq = 1; seq <= 50; ++seq)
            CHECK((*found)[seq - 1] == log_event(run, seq, std::to_string(seq)));
    }
}

TEST_CASE("journal commits events that wait together in one transaction", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    const auto log = folder / "riva.db-wal";
    const int before = commits_in(log);
    constexpr int count = 50;
    int written = 0;
    asio::io_context io(1);
    {
        const other_writer busy(folder / "riva.db");
        for (int i = 0; i < count; ++i)
            asio::co_spawn(
                io,
                write_one(*journal, log_event("run" + std::to_string(i), 1), written),
                [](std::exception_ptr e) {
                    if (e) std::rethrow_exception(e);
                }
            );
        io.poll();
        CHECK(written == 0);
    }
    io.run();
    CHECK(written == count);
    const int commits = commits_in(log) - before;
    CHECK(commits >= 1);
    CHECK(commits <= 5);
}

TEST_CASE("journal writes thousands of events that wait at once", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    constexpr int count = 3000;
    int written = 0;
    asio::io_context io(1);
    for (int i = 0; i < count; ++i)
        asio::co_spawn(
            io,
            write_one(*journal, log_event("r", static_cast<std::uint64_t>(i) + 1), written),
            [](std::exception_ptr e) {
                if (e) std::rethrow_exception(e);
            }
        );
    io.run();
    CHECK(written == count);
    CHECK(read(*journal, "r")->size() == count);
}

TEST_CASE("journal is read while writing has to wait", "[journal]") {
    const temporary_folder folder;
    const auto written = write_sample(folder / "riva.db");
    const auto journal = open_journal(folder / "riva.db");
    int appended = 0;
    asio::io_context io(1);
    {
        const other_writer busy(folder / "riva.db");
        asio::co_spawn(
            io, write_one(*journal, log_event("s", 1), appended), [](std::exception_ptr) {}
        );
        io.poll();
        CHECK(*read(*journal, "r") == written);
        CHECK(runs(*journal)->size() == 1);
        CHECK(appended == 0);
    }
    io.run();
    CHECK(appended == 1);
    CHECK(read(*journal, "s")->size() == 1);
}

TEST_CASE("journal keeps its log short while it writes a lot", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    std::uintmax_t longest = 0;
    for (std::uint64_t seq = 1; seq <= 60; ++seq) {
        REQUIRE(
            append(*journal, log_event("r", seq, std::to_string(seq) + std::string(900'000, 'x')))
        );
        longest = std::max(longest, std::filesystem::file_size(folder / "riva.db-wal"));
    }
    CHECK(longest < 25'000'000);
    CHECK(std::filesystem::file_size(folder / "riva.db") > 20'000'000);
    CHECK(read(*journal, "r")->size() == 60);
}

TEST_CASE("journal writes what waits before it ends", "[journal]") {
    const temporary_folder folder;
    auto journal = open_journal(folder / "riva.db");
    int written = 0;
    asio::io_context io(1);
    for (int i = 0; i < 20; ++i)
        asio::co_spawn(
            io,
            write_one(*journal, log_event("run" + std::to_string(i), 1), written),
            [](std::exception_ptr e) {
                if (e) std::rethrow_exception(e);
            }
        );
    io.poll();
    journal.reset();
    CHECK(runs(*open_journal(folder / "riva.db"))->size() == 20);
    io.run();
    CHECK(written == 20);
}

TEST_CASE("journal stays whole when an append is cancelled anywhere", "[journal]") {
    const temporary_folder folder;
    const auto journal = open_journal(folder / "riva.db");
    bool cut = true;
    for (std::size_t steps = 0; cut; ++steps) {
        REQUIRE(steps < 100);
        const std::string run = "run" + std::to_string(steps);
        cut = run_and_cancel_after([&] { return write_run(*journal, run, 3); }, steps);
        const auto found = read(*journal, run);
        const std::size_t kept = found ? found->size() : 0;
        CHECK(kept <= 3);
        if (!found) CHECK(found.error().code == errc::unknown_run);
        if (!cut) CHECK(kept == 3);
        REQUIRE(append(*journal, log_event(run, kept + 1, "goes on")));
        CHECK(read(*journal, run)->size() == kept + 1);
    }
}

namespace {

asio::awaitable<void> look(journal& from) {
    const auto found = co_await from.read("r");
    if (!found || found->size() != every_event_body().size())
        throw std::runtime_error("not all of them");
    const auto all = co_await from.runs();
    if (!all || all->size() != 1) throw std::runtime_error("not the run");
}

}  // namespace

TEST_CASE("journal can be read after a reader was cancelled anywhere", "[journal]") {
    const temporary_folder folder;
    const auto written = write_sample(folder / "riva.db");
    const auto journal = open_journal(folder / "riva.db");
    bool cut = true;
    std::size_t steps = 0;
    for (; cut; ++steps) {
        REQUIRE(steps < 100);
        cut = run_and_cancel_after([&] { return look(*journal); }, steps);
        CHECK(*read(*journal, "r") == written);
    }
    CHECK(steps > 2);
}

}  // namespace riva::test
