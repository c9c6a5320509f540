#include <riva/memory/sqlite_journal.hpp>

#include "database.hpp"
#include "event_queue.hpp"
#include "run_records.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/crash_point.hpp>
#include <riva/runtime/offload.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::seconds patience{5};

}  // namespace

struct sqlite_journal::state {
    explicit state(std::size_t places) : waiting(std::make_shared<event_queue>(places)) {}

    std::shared_ptr<event_queue> waiting;  // shared with those who stand in line
    std::filesystem::path file;
    // Of the writer thread alone:
    std::unique_ptr<database> store;
    std::optional<event_writer> events;
    bool coming = false;
    // Of the reader thread alone:
    std::unique_ptr<database> seen;
    asio::thread_pool writer{1};
    asio::thread_pool reader{1};

    /// Commits what waits, in one transaction: one wait for the disk for all of it.
    void commit() {
        const group all(waiting->take());
        std::vector<result<void>> ended;
        const auto written = store->write([&](SQLite::Database& to) {
            if (!events) events.emplace(to);
            for (const auto& e : all) ended.push_back(events->append(e->what));
            pass(crash_point::journal_before_commit);
        });
        pass(crash_point::journal_after_commit);
        auto next = ended.begin();
        for (const auto& e : all) e->ended = written ? *next++ : written.error();
    }

    /// Comes to the writer again after all who are there: those who stood in line for a place do
    /// not come themselves.
    void come_again() {
        if (std::exchange(coming, true)) return;
        asio::post(writer, [this] {
            coming = false;
            if (waiting->empty()) return store->rest();
            come_again();
            try {
                commit();
            } catch (const std::exception&) {
                return;  // each of these events says that it was not written
            }
        });
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
    state_->waiting->close();
    state_->writer.join();
    state_->reader.join();
}

result<std::unique_ptr<sqlite_journal>> sqlite_journal::open(
    const std::filesystem::path& file, const journal_options& options
) {
    auto store = database::open(file, patience);
    if (!store) return store.error();
    auto s = std::make_shared<state>(std::max<std::size_t>(options.most_waiting, 1));
    s->file = file;
    s->store = std::move(*store);
    return std::unique_ptr<sqlite_journal>(new sqlite_journal(std::move(s)));
}

asio::awaitable<result<void>> sqlite_journal::append(event e) {
    // Nothing is queued that is not waited for.
    const auto before = co_await asio::this_coro::cancellation_state;
    if (before.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    const auto mine = std::make_shared<pending_event>(std::move(e));
    if (!state_->waiting->push(mine, co_await asio::this_coro::executor)) {
        co_await event_queue::wait(state_->waiting, mine);
        co_return mine->ended;
    }
    // Whoever comes to the writer first writes for all that wait.
    co_await offload(state_->writer.get_executor(), [s = state_.get(), mine](std::stop_token) {
        if (mine->done) return;
        s->come_again();
        while (!mine->done) s->commit();
    });
    co_return mine->ended;
}

asio::awaitable<result<std::vector<event>>> sqlite_journal::read(std::string run) {
    return read_until(std::move(run), std::numeric_limits<std::uint64_t>::max());
}

asio::awaitable<result<std::vector<event>>> sqlite_journal::read_until(
    std::string run, std::uint64_t until
) {
    result<std::vector<event>> found;
    co_await offload(state_->reader.get_executor(), [&, s = state_.get()](std::stop_token) {
        const auto ran =
            s->look([&](SQLite::Database& from) { found = read_events(from, run, until); });
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
