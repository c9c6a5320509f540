#include "canary_records.hpp"

#include "statement.hpp"

namespace riva::memory {

std::vector<canary_row> load_canaries(SQLite::Database& from, const stored_scope& scope) {
    std::vector<canary_row> all;
    auto next = prepare(
        from,
        "SELECT check_id, tried, caught FROM canaries WHERE scope = ? ORDER BY check_id",
        scope.number
    );
    while (next.executeStep())
        all.push_back({next.getColumn(0).getString(), number(next, 1), number(next, 2)});
    return all;
}

void add_canaries(
    SQLite::Database& to, const stored_scope& scope, const std::vector<canary_row>& more
) {
    for (const auto& row : more)
        execute(
            to,
            "INSERT INTO canaries VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "tried = tried + excluded.tried, caught = caught + excluded.caught",
            scope.number,
            row.check,
            row.tried,
            row.caught
        );
}

}  // namespace riva::memory
