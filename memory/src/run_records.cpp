#include "run_records.hpp"

#include "statement.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/digest.hpp>

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <optional>
#include <string_view>
#include <utility>

namespace riva::memory {
namespace {

std::string chain(std::string_view before, std::string_view json) {
    std::string all(before);
    all.append("\n").append(json);
    return sha256(all);
}

/// Binds all values of a statement that was used before.
template <class... Values>
SQLite::Statement& with(SQLite::Statement& used, const Values&... values) {
    used.tryReset();  // says again what failed before
    int position = 0;
    (used.bind(++position, values), ...);
    return used;
}

/// Rather than that there is no room, or that another process writes.
bool is_damage(const SQLite::Exception& e) {
    const int code = e.getErrorCode() & 0xff;
    return e.getExtendedErrorCode() == SQLITE_IOERR_DATA || code == SQLITE_CORRUPT;
}

constexpr const char* select_head = "SELECT events, head FROM runs WHERE run = ?";

/// Ends the statement.
std::optional<run_head> find_head(SQLite::Statement& select) {
    if (!select.executeStep()) return std::nullopt;
    run_head head{select.getColumn(0).getInt64(), select.getColumn(1).getString()};
    select.reset();
    return head;
}

/// Names what can be shown all the same.
error damaged(const std::string& run, std::int64_t seq, const std::string& how) {
    const std::string rest = seq > 1 ? "riva show " + run + " --until " + std::to_string(seq - 1) +
                                           " shows what comes before"
                                     : "nothing comes before it";
    return {
        errc::corrupt,
        "The record of run " + run + " is damaged at event " + std::to_string(seq) + ": " + how +
            ", and from there on nothing can be relied on; " + rest + "."
    };
}

/// The event is as it was written, and means nothing here.
error of_another_version(const std::string& run, std::int64_t seq, const std::string& why) {
    return {
        errc::newer_schema,
        "The record of run " + run + " cannot be read from event " + std::to_string(seq) +
            " on, which another version of riva wrote: " + why + "; use that version."
    };
}

}  // namespace

event_writer::event_writer(SQLite::Database& to)
    : blobs_(to),
      find_head_(to, select_head),
      add_run_(to, "INSERT INTO runs VALUES (?, ?, ?, ?, '', 0, '')"),
      add_event_(to, "INSERT INTO events VALUES (?, ?, ?, ?)"),
      move_head_(
          to, "UPDATE runs SET events = ?, head = ?, outcome = coalesce(?, outcome) WHERE run = ?"
      ) {}

std::optional<run_head> event_writer::find_head(const std::string& run) {
    return memory::find_head(with(find_head_, run));
}

void event_writer::add_run(const event& e) {
    const auto* started = std::get_if<events::run_started>(&e.body);
    with(
        add_run_,
        e.run,
        static_cast<std::int64_t>(e.time.time_since_epoch().count()),
        started != nullptr ? started->task : std::string(),
        started != nullptr ? started->repository : std::string()
    )
        .exec();
}

void event_writer::move_head(const event& e, const std::string& hash) {
    with(move_head_, static_cast<std::int64_t>(e.seq), hash).bind(4, e.run);
    move_head_.bind(3);  // stays as it is
    if (const auto* ended = std::get_if<events::run_result>(&e.body))
        move_head_.bind(3, ended->outcome);
    if (std::holds_alternative<events::run_resumed>(e.body)) move_head_.bind(3, "");
    move_head_.exec();
}

result<void> event_writer::append(const event& e) {
    auto head = find_head(e.run);
    if (static_cast<std::int64_t>(e.seq) != (head ? head->events : 0) + 1)
        return error{
            riva::errc::malformed_event,
            "Event " + std::to_string(e.seq) + " of run " + e.run + " cannot follow event " +
                std::to_string(head ? head->events : 0) + "."
        };
    if (!head) {
        add_run(e);
        head.emplace();
    }
    const std::string json = blobs_.put_away(to_json(e));
    const std::string hash = chain(head->hash, json);
    with(add_event_, e.run, static_cast<std::int64_t>(e.seq), json, hash).exec();
    move_head(e, hash);
    return {};
}

namespace {

/// Reads a run from its first event on, and checks the chain of hashes.
class event_reader {
public:
    event_reader(SQLite::Database& from, std::string run)
        : from_(from),
          run_(std::move(run)),
          next_(from, "SELECT seq, json, hash FROM events WHERE run = ? ORDER BY seq") {
        next_.bind(1, run_);
    }

    /// False: there are no more events. Looks at nothing beyond the one that it adds.
    result<bool> add_to(std::vector<event>& found) {
        const auto expected = static_cast<std::int64_t>(found.size()) + 1;
        try {
            if (!next_.executeStep()) return false;
            auto e = check(expected);
            if (!e) return e.error();
            found.push_back(std::move(*e));
            return true;
        } catch (const SQLite::Exception& e) {
            if (!is_damage(e)) throw;
            return damaged(run_, expected, "what holds it is not as it was written");
        }
    }

    /// Of the last event.
    const std::string& hash() const { return hash_; }

private:
    result<event> check(std::int64_t expected) {
        const std::int64_t seq = next_.getColumn(0).getInt64();
        const std::string json = next_.getColumn(1).getString();
        const std::string hash = next_.getColumn(2).getString();
        if (seq != expected) return damaged(run_, expected, "it is missing");
        if (chain(hash_, json) != hash)
            return damaged(run_, seq, "it was changed after it had been written");
        const auto whole = put_back(from_, json);
        if (!whole) return damaged(run_, seq, whole.error().context);
        auto e = event_from_json(*whole);
        if (!e) return of_another_version(run_, seq, e.error().context);
        if (e->run != run_ || e->seq != static_cast<std::uint64_t>(seq))
            return damaged(run_, seq, "it belongs elsewhere");
        hash_ = hash;
        return e;
    }

    SQLite::Database& from_;
    std::string run_;
    std::string hash_;
    SQLite::Statement next_;
};

/// Compares a run with what was noted beside it when it was written.
result<void> check_end(
    SQLite::Database& from, const std::string& run, std::int64_t count, const std::string& hash
) {
    std::optional<run_head> head;
    try {
        auto select = prepare(from, select_head, run);
        head = find_head(select);
    } catch (const SQLite::Exception& e) {
        if (!is_damage(e) || count == 0) throw;
        return damaged(run, count + 1, "whether there is one cannot be read");
    }
    if (!head && count == 0)
        return error{errc::unknown_run, "There is no run '" + run + "'; riva runs lists them."};
    const std::int64_t expected = head ? head->events : 0;
    if (count < expected) return damaged(run, count + 1, "it is missing");
    if (count > expected || hash != head->hash)
        return damaged(run, count, "it is not the last one that was written");
    return {};
}

}  // namespace

result<std::vector<event>> read_events(
    SQLite::Database& from, const std::string& run, std::uint64_t until
) {
    std::vector<event> found;
    event_reader reader(from, run);
    while (found.size() < until) {
        const auto added = reader.add_to(found);
        if (!added) return added.error();
        if (*added) continue;
        const auto whole =
            check_end(from, run, static_cast<std::int64_t>(found.size()), reader.hash());
        if (!whole) return whole.error();
        break;
    }
    return found;
}

std::vector<run_summary> list_runs(SQLite::Database& from) {
    std::vector<run_summary> runs;
    SQLite::Statement next(
        from,
        "SELECT run, started, task, repository, outcome FROM runs ORDER BY started DESC, run DESC"
    );
    while (next.executeStep()) {
        run_summary one;
        one.id = next.getColumn(0).getString();
        one.started =
            decltype(one.started)(std::chrono::milliseconds(next.getColumn(1).getInt64()));
        one.task = next.getColumn(2).getString();
        one.repository = next.getColumn(3).getString();
        one.outcome = next.getColumn(4).getString();
        runs.push_back(std::move(one));
    }
    return runs;
}

}  // namespace riva::memory
