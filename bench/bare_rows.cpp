#include "bare_rows.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <chrono>
#include <cstdint>

namespace riva::bench {

double measure_bare_rows(
    const std::filesystem::path& file,
    const std::string& row,
    std::size_t rows,
    std::size_t together
) {
    SQLite::Database to(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    to.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    to.exec(
        "CREATE TABLE IF NOT EXISTS rows (run TEXT NOT NULL, seq INTEGER NOT NULL, "
        "json TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID"
    );
    SQLite::Statement add(to, "INSERT INTO rows VALUES (?, ?, ?, ?)");
    const std::int64_t first = to.execAndGet("SELECT count(*) FROM rows").getInt64();
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t done = 0; done < rows;) {
        SQLite::Transaction all(to, SQLite::TransactionBehavior::IMMEDIATE);
        for (std::size_t i = 0; i < together && done < rows; ++i, ++done) {
            add.bind(1, "run" + std::to_string(i));
            add.bind(2, first + static_cast<std::int64_t>(done));
            add.bindNoCopy(3, row);
            add.bind(4, std::string(64, 'f'));
            add.exec();
            add.reset();
        }
        all.commit();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return static_cast<double>(rows) / took.count();
}

}  // namespace riva::bench
