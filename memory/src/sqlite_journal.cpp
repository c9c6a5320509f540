#include <riva/memory/sqlite_journal.hpp>

#include "database.hpp"
#include "run_records.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/crash_point.hpp>
#include <riva/runtime/offload.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t most_together = 512;         // events in a transaction
constexpr std::chrono::milliseconds gathering{1};  // a part of what a commit takes

/// An event on its way into the database.
struct pending_event {
    explicit pending_event(event e) : what(std::move(e)) {}

    event what;
    bool done = false;  // of the writer thread alone, as is `ended` until it is done
    // Stands when the transaction that the event was part of ended by an exception.
    result<void> ended = error{errc::io_failed, "The event was not written; start the run again."};
};

using batch = std::vector<std::shared_ptr<pending_event>>;

/// Events in the order in which they came. There is at most one for each coroutine that appends,
/// since each waits until its event is durable.
class event_queue {
public:
    void push(std::shared_ptr<pending_event> e) {
        {
            const std::lock_guard lock(guard_);
            waiting_.push_back(std::move(e));
            if (waiting_.size() < expected_) return;
        }
        enough_.notify_one();
    }

    /// Those who were answered together come back together: it is worth while to wait for them a
    /// little, rather than to write the first one alone.
    batch take() {
        std::unique_lock lock(guard_);
        enough_.wait_for(lock, gathering, [this] { return waiting_.size() >= expected_; });
        const auto count = std::min(waiting_.size(), most_together);
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
        batch taken(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
        waiting_.erase(waiting_.begin(), end);
        expected_ = std::max(count, expected_ - expected_ / 4);  // some may only be late
        return taken;
    }

    bool empty() {
        const std::lock_guard lock(guard_);
        return waiting_.empty();
    }

private:
    std::mutex guard_;
    std::condition_variable enough_;
    batch waiting_;
    std::size_t expected_ = 0;
};

}  // namespace

struct sqlite_journal::state {
    event_queue waiting;
    std::filesystem::path file;
    // Of the writer thread alone:
    std::unique_ptr<database> store;
    std::optional<event_writer> events;
    // Of the reader thread alone:
    std::unique_ptr<database> seen;
    asio::thread_pool writer{1};
    asio::thread_pool reader{1};

    /// Commits what waits, in one transaction: one wait for the disk for all of it.
    void commit() {
        const batch all = waiting.take();
        const auto written = store->write([&](SQLite::Database& to) {
            if (!events) events.emplace(to);
            for (const auto& e : all) e->ended = events->append(e->what);
            pass(crash_point::journal_before_commit);
        });
        pass(crash_point::journal_after_commit);
        for (const auto& e : all) {
            if (!written) e->ended = written.error();
            e->done = true;
        }
    }

    /// Blocks while it reads. A connection that the disk has refused is not used again.
    result<void> look(const std::function<void(SQLite::Database&)>& work) {
        if (!seen) {
            auto opened = database::open(file, patience, access::read);
            if (!opened) return opened.error();
            seen = std::move(*opened);
        }
        auto looked = seen->read(work);
        if (!looked && looked.error().code == errc::io_failed) seen.reset();
        return looked;
    }
};

sqlite_journal::sqlite_journal(std::shared_ptr<state> s) : state_(std::move(s)) {}

sqlite_journal::~sqlite_journal() {
    state_->writer.join();
    state_->reader.join();
}

result<std::unique_ptr<sqlite_journal>> sqlite_journal::open(const std::filesystem::path& file) {
    auto store = database::open(file, patience);
    if (!store) return store.error();
    auto s = std::make_shared<state>();
    s->file = file;
    s->store = std::move(*store);
    return std::unique_ptr<sqlite_journal>(new sqlite_journal(std::move(s)));
}

asio::awaitable<result<void>> sqlite_journal::append(event e) {
    const auto mine = std::make_shared<pending_event>(std::move(e));
    state_->waiting.push(mine);
    // Whoever comes to the writer first writes for all that wait.
    co_await offload(state_->writer.get_executor(), [s = state_.get(), mine](std::stop_token) {
        if (mine->done) return;
        while (!mine->done) s->commit();
        asio::post(s->writer, [s] {
            if (s->waiting.empty()) s->store->rest();
        });
    });
    co_return mine->ended;
}

asio::awaitable<result<std::vector<event>>> sqlite_journal::read(std::string run) {
    result<std::vector<event>> found;
    co_await offload(state_->reader.get_executor(), [&, s = state_.get()](std::stop_token) {
        const auto ran = s->look([&](SQLite::Database& from) { found = read_events(from, run); });
        if (!ran) found = ran.error();
    });
    co_return found;
}

asio::awaitable<result<std::vector<run_summary>>> sqlite_journal::runs() {
    result<std::vector<run_summary>> found;
    co_await offload(state_->reader.get_executor(), [&, s = state_.get()](std::stop_token) {
        const auto ran = s->look([&](SQLite::Database& from) { found = list_runs(from); });
        if (!ran) found = ran.error();
    });
    co_return found;
}

}  // namespace riva::memory
