#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>

namespace riva::memory {

/// A statement with its values bound in order.
template <class... Values>
SQLite::Statement prepare(SQLite::Database& in, const char* sql, const Values&... values) {
    SQLite::Statement made(in, sql);
    int position = 0;
    (made.bind(++position, values), ...);
    return made;
}

template <class... Values>
void execute(SQLite::Database& in, const char* sql, const Values&... values) {
    prepare(in, sql, values...).exec();
}

inline std::int64_t number(SQLite::Statement& row, int column) {
    return row.getColumn(column).getInt64();
}

}  // namespace riva::memory
