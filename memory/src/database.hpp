#pragma once

#include "write_lock.hpp"

#include <riva/runtime/error.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace riva::memory {

/// What SQLite says, in words of riva.
error describe(const SQLite::Exception& e, const std::filesystem::path& file);

/// One connection to riva's database. Not safe for use by several threads at once.
class database {
public:
    /// Errors: as `sqlite_journal::open`.
    static result<std::unique_ptr<database>> open(
        const std::filesystem::path& file, std::chrono::milliseconds patience
    );
    /// Moves the log into the database file, unless another process writes just now.
    ~database();
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    /// Runs `work` in a transaction that is durable when this returns, or has not happened.
    /// After `errc::io_failed` nothing is written any more: what the disk holds is not known.
    result<void> write(const std::function<void(SQLite::Database&)>& work);

    /// Runs `work` on one state of the database.
    result<void> read(const std::function<void(SQLite::Database&)>& work);

    const std::filesystem::path& file() const { return file_; }

private:
    database(std::filesystem::path file, std::chrono::milliseconds patience);
    result<void> prepare();
    result<void> create();
    result<void> bring_up_to_date();
    result<void> attempt(const std::function<void()>& work);

    std::filesystem::path file_;
    std::chrono::milliseconds patience_;
    bool ours_ = false;  // neither foreign nor newer: may be written
    error lost_;
    SQLite::Database connection_;
};

}  // namespace riva::memory
