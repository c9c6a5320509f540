#include "trust_records.hpp"

#include "statement.hpp"

#include <algorithm>

namespace riva::memory {
namespace {

void store(SQLite::Database& to, const stored_scope& scope, const trust_class_row& c) {
    execute(
        to,
        "INSERT INTO trust_classes VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "delivered = excluded.delivered, skipped = excluded.skipped, audited = excluded.audited, "
        "caught = excluded.caught, recovering = excluded.recovering, "
        "recovers_from = excluded.recovers_from",
        scope.number,
        c.risk,
        c.delivered,
        c.skipped,
        c.audited,
        c.caught,
        c.recovering,
        c.recovers_from
    );
    for (std::size_t j = 0; j < c.accounts.size(); ++j)
        execute(
            to,
            "INSERT INTO trust_accounts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "theta = excluded.theta, charged = excluded.charged",
            scope.number,
            c.risk,
            static_cast<std::int64_t>(j),
            c.accounts[j].theta,
            c.accounts[j].charged
        );
}

void store(SQLite::Database& to, const stored_scope& scope, const trust_pattern_row& p) {
    execute(
        to,
        "INSERT INTO trust_patterns VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
        "clean = excluded.clean, counts_from = excluded.counts_from",
        scope.number,
        p.risk,
        p.pattern,
        p.clean,
        p.counts_from
    );
}

void remove(SQLite::Database& from, const stored_scope& scope, const trust_ticket_row& t) {
    execute(
        from, "DELETE FROM trust_tickets WHERE scope = ? AND ticket = ?", scope.number, t.ticket
    );
}

void store(SQLite::Database& to, const stored_scope& scope, const trust_ticket_row& t) {
    remove(to, scope, t);
    execute(
        to,
        "INSERT INTO trust_tickets VALUES (?, ?, ?, ?, ?, ?, ?)",
        scope.number,
        t.ticket,
        t.risk,
        t.pattern,
        static_cast<std::int64_t>(t.by_points),
        static_cast<std::int64_t>(t.trusted),
        static_cast<std::int64_t>(t.audit)
    );
    for (std::size_t j = 0; j < t.reserved.size(); ++j)
        execute(
            to,
            "INSERT INTO trust_reserved VALUES (?, ?, ?, ?)",
            scope.number,
            t.ticket,
            static_cast<std::int64_t>(j),
            t.reserved[j]
        );
}

template <class Row>
void store_new(
    SQLite::Database& to,
    const stored_scope& scope,
    const std::vector<Row>& before,
    const std::vector<Row>& after
) {
    for (const Row& row : after)
        if (std::ranges::find(before, row) == before.end()) store(to, scope, row);
}

}  // namespace

std::optional<stored_scope> find_scope(SQLite::Database& in, const trust_scope& scope) {
    auto found = prepare(
        in,
        "SELECT scope, next_ticket FROM trust_scopes WHERE project = ? AND verifiers = ?",
        scope.project,
        scope.verifiers
    );
    if (!found.executeStep()) return std::nullopt;
    return stored_scope{number(found, 0), number(found, 1)};
}

stored_scope add_scope(SQLite::Database& in, const trust_scope& scope) {
    const stored_scope blank;
    execute(
        in,
        "INSERT INTO trust_scopes (project, verifiers, judges, next_ticket) VALUES (?, ?, ?, ?)",
        scope.project,
        scope.verifiers,
        scope.judges,
        blank.next_ticket
    );
    return {in.getLastInsertRowid(), blank.next_ticket};
}

std::vector<trust_scope> list_scopes(SQLite::Database& in, const std::string& project) {
    std::vector<trust_scope> all;
    auto next = prepare(
        in,
        "SELECT project, verifiers, judges FROM trust_scopes WHERE project = ? ORDER BY scope",
        project
    );
    while (next.executeStep())
        all.push_back(
            {next.getColumn(0).getString(),
             next.getColumn(1).getString(),
             next.getColumn(2).getString()}
        );
    return all;
}

void store_changes(
    SQLite::Database& to,
    const stored_scope& scope,
    const trust_rows& before,
    const trust_rows& after
) {
    store_new(to, scope, before.classes, after.classes);
    store_new(to, scope, before.patterns, after.patterns);
    store_new(to, scope, before.tickets, after.tickets);
    for (const trust_ticket_row& old : before.tickets)
        if (std::ranges::none_of(after.tickets, [&](const auto& t) {
                return t.ticket == old.ticket;
            }))
            remove(to, scope, old);
    if (after.next_ticket != scope.next_ticket)
        execute(
            to,
            "UPDATE trust_scopes SET next_ticket = ? WHERE scope = ?",
            after.next_ticket,
            scope.number
        );
}

}  // namespace riva::memory
