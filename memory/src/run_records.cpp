#include "run_records.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/digest.hpp>

#include <SQLiteCpp/Statement.h>

#include <optional>
#include <string_view>

namespace riva::memory {
namespace {

/// Where the record of a run ends.
struct run_head {
    std::int64_t events = 0;
    std::string hash;
};

std::string chain(std::string_view before, std::string_view json) {
    std::string all(before);
    all.append("\n").append(json);
    return sha256(all);
}

std::optional<run_head> find_head(SQLite::Database& in, const std::string& run) {
    SQLite::Statement find(in, "SELECT events, head FROM runs WHERE run = ?");
    find.bind(1, run);
    if (!find.executeStep()) return std::nullopt;
    return run_head{find.getColumn(0).getInt64(), find.getColumn(1).getString()};
}

void add_run(SQLite::Database& to, const event& e) {
    const auto* started = std::get_if<events::run_started>(&e.body);
    SQLite::Statement add(to, "INSERT INTO runs VALUES (?, ?, ?, ?, '', 0, '')");
    add.bind(1, e.run);
    add.bind(2, static_cast<std::int64_t>(e.time.time_since_epoch().count()));
    add.bind(3, started != nullptr ? started->task : "");
    add.bind(4, started != nullptr ? started->repository : "");
    add.exec();
}

void move_head(SQLite::Database& in, const event& e, const std::string& hash) {
    const auto* ended = std::get_if<events::run_result>(&e.body);
    SQLite::Statement move(
        in, "UPDATE runs SET events = ?, head = ?, outcome = coalesce(?, outcome) WHERE run = ?"
    );
    move.bind(1, static_cast<std::int64_t>(e.seq));
    move.bind(2, hash);
    if (ended != nullptr) move.bind(3, ended->outcome);
    if (std::holds_alternative<events::run_resumed>(e.body)) move.bind(3, "");
    move.bind(4, e.run);
    move.exec();
}

error damaged(const std::string& run, std::int64_t seq, const std::string& how) {
    return {
        errc::corrupt,
        "The record of run " + run + " is damaged at event " + std::to_string(seq) + ": " + how +
            "; what it says from there on cannot be relied on."
    };
}

}  // namespace

result<void> append_event(SQLite::Database& to, const event& e) {
    auto head = find_head(to, e.run);
    if (static_cast<std::int64_t>(e.seq) != (head ? head->events : 0) + 1)
        return error{
            riva::errc::malformed_event,
            "Event " + std::to_string(e.seq) + " of run " + e.run + " cannot follow event " +
                std::to_string(head ? head->events : 0) + "."
        };
    if (!head) {
        add_run(to, e);
        head.emplace();
    }
    const std::string json = to_json(e);
    const std::string hash = chain(head->hash, json);
    SQLite::Statement add(to, "INSERT INTO events VALUES (?, ?, ?, ?)");
    add.bind(1, e.run);
    add.bind(2, static_cast<std::int64_t>(e.seq));
    add.bind(3, json);
    add.bind(4, hash);
    add.exec();
    move_head(to, e, hash);
    return {};
}

result<std::vector<event>> read_events(SQLite::Database& from, const std::string& run) {
    const auto head = find_head(from, run);
    if (!head)
        return error{errc::unknown_run, "There is no run '" + run + "'; riva runs lists them."};
    std::vector<event> found;
    std::string before;
    SQLite::Statement next(from, "SELECT seq, json, hash FROM events WHERE run = ? ORDER BY seq");
    next.bind(1, run);
    while (next.executeStep()) {
        const std::int64_t expected = static_cast<std::int64_t>(found.size()) + 1;
        const std::int64_t seq = next.getColumn(0).getInt64();
        const std::string json = next.getColumn(1).getString();
        const std::string hash = next.getColumn(2).getString();
        if (seq != expected) return damaged(run, expected, "it is missing");
        if (chain(before, json) != hash)
            return damaged(run, seq, "it was changed after it had been written");
        auto e = event_from_json(json);
        if (!e) return damaged(run, seq, e.error().context);
        if (e->run != run || e->seq != static_cast<std::uint64_t>(seq))
            return damaged(run, seq, "it belongs elsewhere");
        found.push_back(std::move(*e));
        before = hash;
    }
    const auto count = static_cast<std::int64_t>(found.size());
    if (count < head->events) return damaged(run, count + 1, "it is missing");
    if (count > head->events || before != head->hash)
        return damaged(run, count, "it is not the last one that was written");
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
