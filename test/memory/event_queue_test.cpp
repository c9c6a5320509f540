#include <event_queue.hpp>

#include "journal_fixture.hpp"

#include <riva/memory/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>
#include <catch.hpp>
#include <temporary_folder.hpp>

#include <algorithm>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace riva::test {
namespace {

using memory::errc;

std::unique_ptr<memory::sqlite_journal> open_narrow(
    const std::filesystem::path& file, std::size_t most_waiting
) {
    auto opened = memory::sqlite_journal::open(file, {most_waiting});
    REQUIRE(opened);
    return std::move(*opened);
}

/// What became of an append.
struct fate {
    bool over = false;
    bool cancelled = false;
    result<void> ended;
};

asio::awaitable<void> write(journal& to, event e, fate& into) {
    try {
        into.ended = co_await to.append(std::move(e));
    } catch (const boost::system::system_error& why) {
        into.cancelled = why.code() == asio::error::operation_aborted;
    }
    into.over = true;
}

/// Whoever is cancelled, and goes on to append all the same.
asio::awaitable<void> write_once_cancelled(journal& to, event e, fate& into) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const auto state = co_await asio::this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none)
        co_await asio::post(asio::use_awaitable);
    co_await write(to, std::move(e), into);
}

/// Appends one after the other. Cancelled, each of them by a signal.
class appends {
public:
    appends(asio::io_context& io, journal& to, std::size_t count) : fates_(count), signals_(count) {
        for (std::size_t i = 0; i < count; ++i)
            asio::co_spawn(
                io,
                write(to, log_event("r" + std::to_string(i), 1), fates_[i]),
                asio::bind_cancellation_slot(
                    signals_[i].slot(),
                    [](std::exception_ptr e) {
                        if (e) std::rethrow_exception(e);
                    }
                )
            );
    }

    const fate& operator[](std::size_t i) const { return fates_[i]; }
    void cancel(std::size_t i) { signals_[i].emit(asio::cancellation_type::terminal); }

private:
    std::vector<fate> fates_;
    std::vector<asio::cancellation_signal> signals_;
};

asio::awaitable<void> write_lane(journal& to, std::string run, std::uint64_t count) {
    for (std::uint64_t seq = 1; seq <= count; ++seq) {
        const auto written = co_await to.append(log_event(run, seq));
        if (!written) throw std::runtime_error(written.error().context);
    }
}

asio::awaitable<void> put(
    std::shared_ptr<memory::event_queue> into, std::uint64_t seq, std::vector<std::uint64_t>& ended
) {
    const auto mine = std::make_shared<memory::pending_event>(log_event("r", seq));
    if (!into->push(mine, co_await asio::this_coro::executor))
        co_await memory::event_queue::wait(into, mine);
    ended.push_back(seq);
}

void rethrow(std::exception_ptr e) {
    if (e) std::rethrow_exception(e);
}

}  // namespace

TEST_CASE("queue of two places holds two of 64 events that come at once", "[journal][queue]") {
    const auto queue = std::make_shared<memory::event_queue>(2);
    asio::io_context io(1);
    std::vector<std::uint64_t> ended;
    for (std::uint64_t seq = 1; seq <= 64; ++seq)
        asio::co_spawn(io, put(queue, seq, ended), rethrow);
    io.poll();
    CHECK(ended == std::vector<std::uint64_t>{1, 2});  // the others wait, without blocking
    std::uint64_t next = 1;
    while (!queue->empty()) {
        CHECK(queue->size() == 2);
        CHECK(queue->in_line() == 64 - next - 1);
        const memory::group taken(queue->take());
        for (const auto& e : taken) CHECK(e->what.seq == next++);
    }
    CHECK(next == 65);
    io.run();
    CHECK(ended.size() == 64);
    CHECK(std::ranges::is_sorted(ended));
}

TEST_CASE("queue lets nobody pass who comes later", "[journal][queue]") {
    const auto queue = std::make_shared<memory::event_queue>(1);
    asio::io_context io(1);
    std::vector<std::uint64_t> ended;
    std::vector<std::uint64_t> order;
    const auto take = [&] {
        const memory::group taken(queue->take());
        for (const auto& e : taken) order.push_back(e->what.seq);
    };
    for (std::uint64_t seq = 1; seq <= 10; ++seq) {
        asio::co_spawn(io, put(queue, seq, ended), rethrow);
        asio::co_spawn(io, put(queue, 100 + seq, ended), rethrow);
        io.poll();
        take();
    }
    while (!queue->empty()) take();
    io.run();
    std::vector<std::uint64_t> came;
    for (std::uint64_t seq = 1; seq <= 10; ++seq) came.insert(came.end(), {seq, 100 + seq});
    CHECK(order == came);
}

TEST_CASE("journal with two places writes 64 runs of two threads in order", "[journal][queue]") {
    const temporary_folder folder;
    const auto journal = open_narrow(folder / "riva.db", 2);
    asio::thread_pool pool(2);
    std::vector<std::future<void>> ends;
    for (int i = 0; i < 64; ++i)
        ends.push_back(asio::co_spawn(
            asio::any_io_executor(asio::make_strand(pool)),
            write_lane(*journal, "run" + std::to_string(i), 10),
            asio::use_future
        ));
    for (auto& end : ends) end.get();
    pool.join();
    for (int i = 0; i < 64; ++i) {
        const auto found = read(*journal, "run" + std::to_string(i));
        REQUIRE(found);
        REQUIRE(found->size() == 10);
    }
}

TEST_CASE("journal with two places keeps the order of appends to one run", "[journal][queue]") {
    const temporary_folder folder;
    const auto journal = open_narrow(folder / "riva.db", 2);
    asio::io_context io(1);
    std::vector<fate> fates(200);
    for (std::size_t i = 0; i < fates.size(); ++i)
        asio::co_spawn(io, write(*journal, log_event("r", i + 1), fates[i]), rethrow);
    io.run();
    for (const auto& one : fates) CHECK(one.ended.has_value());
    CHECK(read(*journal, "r")->size() == fates.size());
}

TEST_CASE("journal forgets who is cancelled while there is no place", "[journal][queue]") {
    const temporary_folder folder;
    const auto journal = open_narrow(folder / "riva.db", 2);
    asio::io_context io(1);
    std::optional<other_writer> busy(std::in_place, folder / "riva.db");
    appends all(io, *journal, 64);
    io.run_for(std::chrono::milliseconds(20));  // the writer has taken some, and cannot write
    all.cancel(50);
    all.cancel(63);
    io.run_for(std::chrono::milliseconds(5));
    CHECK((all[50].over && all[50].cancelled));  // at once, though nothing can be written
    CHECK((all[63].over && all[63].cancelled));
    CHECK_FALSE(all[49].over);
    busy.reset();
    io.run();
    for (std::size_t i = 0; i < 64; ++i) {
        const bool left = i == 50 || i == 63;
        CHECK(all[i].over);
        CHECK(all[i].ended.has_value());
        CHECK(all[i].cancelled == left);
        CHECK(read(*journal, "r" + std::to_string(i)).has_value() == !left);
    }
}

TEST_CASE("journal queues nothing of who was cancelled before", "[journal][queue]") {
    const temporary_folder folder;
    const auto journal = open_narrow(folder / "riva.db", 2);
    asio::io_context io(1);
    fate late;
    asio::cancellation_signal stop;
    asio::co_spawn(
        io,
        write_once_cancelled(*journal, log_event("late", 1), late),
        asio::bind_cancellation_slot(stop.slot(), rethrow)
    );
    io.poll_one();
    stop.emit(asio::cancellation_type::terminal);
    io.run();
    CHECK((late.over && late.cancelled));
    io.restart();
    const appends next(io, *journal, 1);
    io.run();
    CHECK(next[0].ended.has_value());
    CHECK(read(*journal, "r0").has_value());
    CHECK(read(*journal, "late").error().code == errc::unknown_run);
}

TEST_CASE("journal with two places bears cancellations at any time", "[journal][queue]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto journal = open_narrow(folder / "riva.db", 2);
    for (int round = 0; round < 20; ++round) {
        asio::io_context io(1);
        std::vector<fate> fates(20);
        std::vector<asio::cancellation_signal> signals(fates.size());
        const std::string name = "round" + std::to_string(round) + "-";
        for (std::size_t i = 0; i < fates.size(); ++i)
            asio::co_spawn(
                io,
                write(*journal, log_event(name + std::to_string(i), 1), fates[i]),
                asio::bind_cancellation_slot(signals[i].slot(), rethrow)
            );
        for (auto n = random() % 60; n > 0; --n) io.run_one();
        for (std::size_t i = 0; i < fates.size(); ++i)
            if (random() % 2 == 0) signals[i].emit(asio::cancellation_type::terminal);
        io.run();
        for (std::size_t i = 0; i < fates.size(); ++i) {
            CHECK(fates[i].over);
            if (fates[i].cancelled) continue;  // it may have been written
            CHECK(fates[i].ended.has_value());
            CHECK(read(*journal, name + std::to_string(i)).has_value());
        }
    }
}

TEST_CASE("journal that is closed ends who had no place, and writes the rest", "[journal][queue]") {
    const temporary_folder folder;
    auto journal = open_narrow(folder / "riva.db", 2);
    asio::io_context io(1);
    std::optional<other_writer> busy(std::in_place, folder / "riva.db");
    appends all(io, *journal, 64);
    io.run_for(std::chrono::milliseconds(20));
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        busy.reset();
    });
    journal.reset();
    later.join();
    io.run();
    const auto again = open_journal(folder / "riva.db");
    std::size_t written = 0;
    for (std::size_t i = 0; i < 64; ++i) {
        REQUIRE(all[i].over);
        CHECK(read(*again, "r" + std::to_string(i)).has_value() == all[i].ended.has_value());
        if (all[i].ended) {
            ++written;
            continue;
        }
        CHECK(all[i].ended.error().code == errc::closed);
        CHECK(all[i].ended.error().context.find("closed") != std::string::npos);
    }
    CHECK(written >= 2);
    CHECK(written <= 4);  // two that were taken, and two places
}

}  // namespace riva::test
