#include "statement.hpp"
#include "trust_records.hpp"

#include <riva/memory/error.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace riva::memory {
namespace {

error damaged(const std::string& row, const std::string& how) {
    return {errc::corrupt, "the row of " + row + " " + how};
}

/// Adds a value to a list whose positions must be 0, 1, 2, ...
template <class T>
bool append_at(std::vector<T>& list, std::int64_t position, T value) {
    if (position != static_cast<std::int64_t>(list.size())) return false;
    list.push_back(std::move(value));
    return true;
}

result<void> load_accounts(SQLite::Database& from, const stored_scope& scope, trust_class_row& of) {
    auto next = prepare(
        from,
        "SELECT position, theta, charged FROM trust_accounts WHERE scope = ? AND risk = ? "
        "ORDER BY position",
        scope.number,
        of.risk
    );
    while (next.executeStep())
        if (!append_at(
                of.accounts, number(next, 0), {next.getColumn(1).getDouble(), number(next, 2)}
            ))
            return damaged("risk " + std::to_string(of.risk), "lacks an account");
    return {};
}

result<void> load_reserved(
    SQLite::Database& from, const stored_scope& scope, trust_ticket_row& of
) {
    auto next = prepare(
        from,
        "SELECT position, amount FROM trust_reserved WHERE scope = ? AND ticket = ? "
        "ORDER BY position",
        scope.number,
        of.ticket
    );
    while (next.executeStep())
        if (!append_at(of.reserved, number(next, 0), number(next, 1)))
            return damaged("ticket " + std::to_string(of.ticket), "lacks an account");
    return {};
}

constexpr const char* select_classes =
    "SELECT risk, delivered, skipped, audited, caught, recovering, recovers_from "
    "FROM trust_classes WHERE scope = ? ";

result<void> load_classes(
    SQLite::Database& from, const stored_scope& scope, SQLite::Statement& next, trust_rows& into
) {
    while (next.executeStep()) {
        trust_class_row row{
            .risk = number(next, 0),
            .delivered = number(next, 1),
            .skipped = number(next, 2),
            .audited = number(next, 3),
            .caught = number(next, 4),
            .recovering = number(next, 5),
            .recovers_from = number(next, 6),
            .accounts = {}
        };
        if (auto loaded = load_accounts(from, scope, row); !loaded) return loaded;
        into.classes.push_back(std::move(row));
    }
    return {};
}

void load_patterns(SQLite::Statement& next, trust_rows& into) {
    while (next.executeStep())
        into.patterns.push_back(
            {number(next, 0), next.getColumn(1).getString(), number(next, 2), number(next, 3)}
        );
}

result<void> load_tickets(
    SQLite::Database& from, const stored_scope& scope, SQLite::Statement& next, trust_rows& into
) {
    while (next.executeStep()) {
        trust_ticket_row row{
            .ticket = number(next, 0),
            .risk = number(next, 1),
            .pattern = next.getColumn(2).getString(),
            .by_points = number(next, 3) != 0,
            .trusted = number(next, 4) != 0,
            .audit = number(next, 5) != 0,
            .reserved = {}
        };
        if (auto loaded = load_reserved(from, scope, row); !loaded) return loaded;
        into.tickets.push_back(std::move(row));
    }
    return {};
}

constexpr const char* select_patterns =
    "SELECT risk, pattern, clean, counts_from FROM trust_patterns WHERE scope = ?";
constexpr const char* select_tickets =
    "SELECT ticket, risk, pattern, by_points, trusted, audit FROM trust_tickets WHERE scope = ?";

/// Adds a class and a pattern of it, unless they are there.
result<void> load_pair(
    SQLite::Database& from,
    const stored_scope& scope,
    std::int64_t risk,
    const std::string& pattern,
    trust_rows& into
) {
    const bool known =
        std::ranges::any_of(into.classes, [&](const auto& c) { return c.risk == risk; });
    if (!known) {
        auto next = prepare(
            from, (std::string(select_classes) + " AND risk = ?").c_str(), scope.number, risk
        );
        if (auto loaded = load_classes(from, scope, next, into); !loaded) return loaded;
    }
    const bool there = std::ranges::any_of(into.patterns, [&](const auto& p) {
        return p.risk == risk && p.pattern == pattern;
    });
    if (there) return {};
    auto next = prepare(
        from,
        (std::string(select_patterns) + " AND risk = ? AND pattern = ?").c_str(),
        scope.number,
        risk,
        pattern
    );
    load_patterns(next, into);
    return {};
}

}  // namespace

result<trust_rows> load_some(
    SQLite::Database& from, const stored_scope& scope, const trust_concern& concerns
) {
    trust_rows rows;
    rows.next_ticket = scope.next_ticket;
    if (auto loaded = load_pair(from, scope, concerns.risk, concerns.pattern, rows); !loaded)
        return loaded.error();
    if (concerns.ticket == 0) return rows;
    auto next = prepare(
        from,
        (std::string(select_tickets) + " AND ticket = ?").c_str(),
        scope.number,
        concerns.ticket
    );
    if (auto loaded = load_tickets(from, scope, next, rows); !loaded) return loaded.error();
    for (const trust_ticket_row& t : rows.tickets)
        if (auto loaded = load_pair(from, scope, t.risk, t.pattern, rows); !loaded)
            return loaded.error();
    return rows;
}

result<trust_rows> load_all(SQLite::Database& from, const stored_scope& scope) {
    trust_rows rows;
    rows.next_ticket = scope.next_ticket;
    auto classes = prepare(from, select_classes, scope.number);
    if (auto loaded = load_classes(from, scope, classes, rows); !loaded) return loaded.error();
    auto patterns = prepare(from, select_patterns, scope.number);
    load_patterns(patterns, rows);
    auto tickets = prepare(from, select_tickets, scope.number);
    if (auto loaded = load_tickets(from, scope, tickets, rows); !loaded) return loaded.error();
    return rows;
}

}  // namespace riva::memory
