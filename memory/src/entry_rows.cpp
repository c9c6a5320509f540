#include "entry_rows.hpp"

#include "damaged_row.hpp"
#include "statement.hpp"

#include <algorithm>
#include <utility>

namespace riva::memory {
namespace {

std::int64_t milliseconds_of(memory_time time) {
    return time.time_since_epoch().count();
}

memory_time time_of(std::int64_t milliseconds) {
    return memory_time(std::chrono::milliseconds(milliseconds));
}

std::string join(const std::vector<std::string>& lines) {
    std::string all;
    for (const auto& line : lines) all.append(all.empty() ? "" : "\n").append(line);
    return all;
}

std::vector<std::string> split(const std::string& all) {
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < all.size();) {
        const std::size_t end = std::min(all.find('\n', from), all.size());
        lines.push_back(all.substr(from, end - from));
        from = end + 1;
    }
    return lines;
}

std::string name(std::int64_t id) {
    return "entry " + std::to_string(id);
}

/// The columns that `read_entry` expects.
#define RIVA_ENTRY_COLUMNS "entry, kind, author, key, text, paths, count, created, used, revoked"

project_entry read_entry(SQLite::Statement& row) {
    const std::int64_t kind = number(row, 1), by = number(row, 2), used = number(row, 8);
    const std::string which = name(number(row, 0));
    if (kind < 0 || kind > 2 || by < 0 || by > 1) refuse_row(which, "is of no known kind");
    project_entry e;
    e.key = row.getColumn(3).getString();
    e.id = number(row, 0);
    e.kind = static_cast<entry_kind>(kind);
    e.by = static_cast<told_by>(by);
    e.text = row.getColumn(4).getString();
    e.paths = split(row.getColumn(5).getString());
    e.count = number(row, 6);
    e.created = time_of(number(row, 7));
    if (used != 0) e.used = time_of(used);
    e.revoked = number(row, 9) != 0;
    return e;
}

void count_entries(SQLite::Database& in, stored_project& project, int more) {
    project.entries += more;
    execute(
        in,
        "UPDATE memory_projects SET entries = ? WHERE project = ?",
        project.entries,
        project.number
    );
}

}  // namespace

std::optional<stored_project> find_project(SQLite::Database& in, const std::string& path) {
    auto found = prepare(in, "SELECT project, entries FROM memory_projects WHERE path = ?", path);
    if (!found.executeStep()) return std::nullopt;
    return stored_project{number(found, 0), path, number(found, 1)};
}

stored_project find_or_add_project(SQLite::Database& in, const std::string& path) {
    if (auto known = find_project(in, path)) return *std::move(known);
    execute(in, "INSERT INTO memory_projects (path, entries) VALUES (?, 0)", path);
    return {in.getLastInsertRowid(), path, 0};
}

std::optional<project_entry> load_entry(
    SQLite::Database& from, const stored_project& project, std::int64_t id
) {
    auto found = load_entries(from, project, {id});
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::vector<project_entry> load_entries(
    SQLite::Database& from, const stored_project& project, const std::vector<std::int64_t>& ids
) {
    std::vector<project_entry> all;
    auto find = prepare(
        from, "SELECT " RIVA_ENTRY_COLUMNS " FROM memory_entries WHERE entry = ? AND project = ?"
    );
    for (const auto id : ids) {
        find.bind(1, id);
        find.bind(2, project.number);
        if (find.executeStep()) all.push_back(read_entry(find));
        find.reset();
    }
    return all;
}

std::optional<project_entry> find_entry(
    SQLite::Database& in, const stored_project& project, entry_kind kind, const std::string& key
) {
    auto row = prepare(
        in,
        "SELECT " RIVA_ENTRY_COLUMNS
        " FROM memory_entries WHERE project = ? AND kind = ? AND key = ?",
        project.number,
        static_cast<std::int64_t>(kind),
        key
    );
    if (!row.executeStep()) return std::nullopt;
    return read_entry(row);
}

std::vector<project_entry> load_entries(SQLite::Database& from, const stored_project& project) {
    std::vector<project_entry> all;
    auto next = prepare(
        from,
        "SELECT " RIVA_ENTRY_COLUMNS " FROM memory_entries WHERE project = ? ORDER BY entry",
        project.number
    );
    while (next.executeStep()) all.push_back(read_entry(next));
    if (static_cast<std::int64_t>(all.size()) != project.entries)
        refuse_row(
            "the project",
            "speaks of " + std::to_string(project.entries) + " entries, and there are " +
                std::to_string(all.size())
        );
    return all;
}

void load_evidence(SQLite::Database& from, project_entry& of) {
    auto next = prepare(
        from,
        "SELECT position, run, seq, file, hunk FROM memory_evidence WHERE entry = ? "
        "ORDER BY position",
        of.id
    );
    while (next.executeStep()) {
        const std::size_t position = of.evidence.size();
        entry_evidence one{
            next.getColumn(1).getString(),
            static_cast<std::uint64_t>(number(next, 2)),
            next.getColumn(3).getString(),
            next.getColumn(4).getString()
        };
        if (number(next, 0) != static_cast<std::int64_t>(position))
            refuse_row(name(of.id), "lacks evidence");
        of.evidence.push_back(std::move(one));
    }
    if (of.by == told_by::learnt && of.evidence.empty()) refuse_row(name(of.id), "lacks evidence");
}

void insert_entry(SQLite::Database& to, stored_project& project, project_entry& e) {
    execute(
        to,
        "INSERT INTO memory_entries (project, kind, author, key, text, paths, count, created, "
        "used, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)",
        project.number,
        static_cast<std::int64_t>(e.kind),
        static_cast<std::int64_t>(e.by),
        e.key,
        e.text,
        join(e.paths),
        e.count,
        milliseconds_of(e.created),
        static_cast<std::int64_t>(e.revoked)
    );
    e.id = to.getLastInsertRowid();
    count_entries(to, project, 1);
}

void update_entry(SQLite::Database& in, const project_entry& e) {
    execute(
        in,
        "UPDATE memory_entries SET paths = ?, count = ?, used = ?, revoked = ? "
        "WHERE entry = ?",
        join(e.paths),
        e.count,
        e.used ? milliseconds_of(*e.used) : std::int64_t{0},
        static_cast<std::int64_t>(e.revoked),
        e.id
    );
}

void add_evidence(
    SQLite::Database& to, std::int64_t entry, std::size_t position, const entry_evidence& what
) {
    execute(
        to,
        "INSERT INTO memory_evidence VALUES (?, ?, ?, ?, ?, ?)",
        entry,
        static_cast<std::int64_t>(position),
        what.run,
        static_cast<std::int64_t>(what.seq),
        what.file,
        what.hunk
    );
}

void delete_entry(SQLite::Database& from, stored_project& project, std::int64_t id) {
    execute(from, "DELETE FROM memory_entries WHERE entry = ?", id);
    count_entries(from, project, -1);
}

}  // namespace riva::memory
