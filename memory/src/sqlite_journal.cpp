#include <riva/memory/sqlite_journal.hpp>

#include "database.hpp"
#include "run_records.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/offload.hpp>

#include <boost/asio/thread_pool.hpp>

#include <mutex>
#include <optional>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::seconds patience{5};

/// An event on its way into the database.
struct pending_event {
    explicit pending_event(event e) : what(std::move(e)) {}

    event what;
    bool done = false;  // of the writer thread alone, as is `ended` until it is done
    // Stands when the transaction that the event was part of ended by an exception.
    result<void> ended = error{errc::io_failed, "The event was not written; start the run again."};
};

using batch = std::vector<std::shared_ptr<pending_event>>;

}  // namespace

struct sqlite_journal::state {
    std::mutex guard;  // of `waiting`
    batch waiting;
    // Of the writer thread alone:
    std::unique_ptr<database> store;
    std::optional<event_writer> events;
    asio::thread_pool writer{1};

    void push(std::shared_ptr<pending_event> e) {
        const std::lock_guard lock(guard);
        waiting.push_back(std::move(e));
    }

    /// Commits whatever waits, in one transaction: one wait for the disk for all of it.
    void commit() {
        batch all;
        {
            const std::lock_guard lock(guard);
            all.swap(waiting);
        }
        const auto written = store->write([&](SQLite::Database& to) {
            if (!events) events.emplace(to);
            for (const auto& e : all) e->ended = events->append(e->what);
        });
        for (const auto& e : all) {
            if (!written) e->ended = written.error();
            e->done = true;
        }
    }
};

sqlite_journal::sqlite_journal(std::shared_ptr<state> s) : state_(std::move(s)) {}

sqlite_journal::~sqlite_journal() {
    state_->writer.join();
}

result<std::unique_ptr<sqlite_journal>> sqlite_journal::open(const std::filesystem::path& file) {
    auto store = database::open(file, patience);
    if (!store) return store.error();
    auto s = std::make_shared<state>();
    s->store = std::move(*store);
    return std::unique_ptr<sqlite_journal>(new sqlite_journal(std::move(s)));
}

asio::awaitable<result<void>> sqlite_journal::append(event e) {
    const auto mine = std::make_shared<pending_event>(std::move(e));
    state_->push(mine);
    // Whoever comes to the writer first writes for all that wait.
    co_await offload(state_->writer.get_executor(), [s = state_.get(), mine](std::stop_token) {
        if (!mine->done) s->commit();
    });
    co_return mine->ended;
}

asio::awaitable<result<std::vector<event>>> sqlite_journal::read(std::string run) {
    result<std::vector<event>> found;
    co_await offload(state_->writer.get_executor(), [&, s = state_.get()](std::stop_token) {
        const auto ran =
            s->store->read([&](SQLite::Database& from) { found = read_events(from, run); });
        if (!ran) found = ran.error();
    });
    co_return found;
}

asio::awaitable<result<std::vector<run_summary>>> sqlite_journal::runs() {
    result<std::vector<run_summary>> found;
    co_await offload(state_->writer.get_executor(), [&, s = state_.get()](std::stop_token) {
        const auto ran = s->store->read([&](SQLite::Database& from) { found = list_runs(from); });
        if (!ran) found = ran.error();
    });
    co_return found;
}

}  // namespace riva::memory
