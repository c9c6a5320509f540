#pragma once

#include "write_lock.hpp"

#include <riva/runtime/error.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace riva::memory {

/// What SQLite says, in words of riva.
error describe(const SQLite::Exception& e, const std::filesystem::path& file);

/// What a connection is for.
enum class access : std::uint8_t {
    write,  ///< reads as well
    read,   ///< changes nothing; the database is there and up to date
};

/// One connection to riva's database, each page of which has a seal: see sealed_files.hpp. Not safe
/// for use by several threads at once.
///
/// What is written goes to a log beside the database. It is moved into the database when it has
/// grown, by the connection that writes: while the log is long by `write`, else by `rest`.
class database {
public:
    /// Errors: as `sqlite_journal::open`.
    static result<std::unique_ptr<database>> open(
        const std::filesystem::path& file,
        std::chrono::milliseconds patience,
        access purpose = access::write
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

    /// To be called when there is nothing to write.
    void rest();

    const std::filesystem::path& file() const { return file_; }

private:
    database(std::filesystem::path file, std::chrono::milliseconds patience, access purpose);
    result<void> prepare();
    result<void> make_current(bool blank);
    result<void> create();
    result<void> put_seals();
    result<void> bring_up_to_date();
    result<void> attempt(const std::function<void()>& work);
    void move_log(int mode);

    std::filesystem::path file_;
    std::chrono::milliseconds patience_;
    access purpose_;
    bool ours_ = false;  // neither foreign nor newer: may be written
    int log_pages_ = 0;
    int stuck_pages_ = 0;  // that could not be moved the last time, since they were being read
    error lost_;
    SQLite::Database connection_;
};

}  // namespace riva::memory
