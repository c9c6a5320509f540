#include "watch_rows.hpp"

#include "statement.hpp"

#include <utility>

namespace riva::memory {
namespace {

void load_files(SQLite::Database& from, watched_change& of) {
    auto next = prepare(
        from,
        "SELECT path, before, after FROM memory_watched_files WHERE watch = ? "
        "ORDER BY path",
        of.id
    );
    while (next.executeStep()) {
        of.files.push_back(
            {next.getColumn(0).getString(),
             next.getColumn(1).getString(),
             next.getColumn(2).getString()}
        );
    }
}

void delete_empty(SQLite::Database& from, const stored_project& project) {
    execute(
        from,
        "DELETE FROM memory_watches WHERE project = ? AND NOT EXISTS (SELECT 1 FROM "
        "memory_watched_files AS file WHERE file.watch = memory_watches.watch)",
        project.number
    );
}

}  // namespace

std::vector<watched_change> load_watches(SQLite::Database& from, const stored_project& project) {
    std::vector<watched_change> all;
    auto next = prepare(
        from,
        "SELECT watch, run, seq, task, branch, files FROM memory_watches "
        "WHERE project = ? ORDER BY watch",
        project.number
    );
    while (next.executeStep()) {
        watched_change one;
        one.id = number(next, 0);
        one.run = next.getColumn(1).getString();
        one.seq = static_cast<std::uint64_t>(number(next, 2));
        one.task = next.getColumn(3).getString();
        one.branch = next.getColumn(4).getString();
        one.written = number(next, 5);
        load_files(from, one);
        all.push_back(std::move(one));
    }
    return all;
}

void insert_watch(
    SQLite::Database& to,
    const stored_project& project,
    const watched_change& what,
    memory_time applied
) {
    execute(
        to,
        "INSERT INTO memory_watches (project, run, seq, task, branch, files, applied) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        project.number,
        what.run,
        static_cast<std::int64_t>(what.seq),
        what.task,
        what.branch,
        what.written,
        static_cast<std::int64_t>(applied.time_since_epoch().count())
    );
    const std::int64_t watch = to.getLastInsertRowid();
    for (const auto& file : what.files)
        execute(
            to,
            "INSERT INTO memory_watched_files VALUES (?, ?, ?, ?)",
            watch,
            file.path,
            file.before,
            file.after
        );
}

void delete_watch(SQLite::Database& from, const stored_project& project, const std::string& run) {
    execute(from, "DELETE FROM memory_watches WHERE project = ? AND run = ?", project.number, run);
}

bool end_watch(
    SQLite::Database& in, const stored_project& project, std::int64_t watch, const std::string& path
) {
    execute(in, "DELETE FROM memory_watched_files WHERE watch = ? AND path = ?", watch, path);
    const bool ended = in.getChanges() > 0;
    delete_empty(in, project);
    return ended;
}

void end_watches(SQLite::Database& in, const stored_project& project, const std::string& path) {
    execute(
        in,
        "DELETE FROM memory_watched_files WHERE path = ? AND watch IN (SELECT watch FROM "
        "memory_watches WHERE project = ?)",
        path,
        project.number
    );
    delete_empty(in, project);
}

void drop_old_watches(SQLite::Database& in, const stored_project& project, std::int64_t most) {
    execute(
        in,
        "DELETE FROM memory_watches WHERE project = ? AND watch NOT IN (SELECT watch FROM "
        "memory_watches WHERE project = ? ORDER BY watch DESC LIMIT ?)",
        project.number,
        project.number,
        most
    );
}

}  // namespace riva::memory
