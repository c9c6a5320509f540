#include "database.hpp"

#include "schema.hpp"

#include <riva/memory/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <string>
#include <utility>

namespace riva::memory {
namespace {

constexpr int application = 0x72697661;  // "riva"
int number(SQLite::Database& in, const char* query) {
    return in.execAndGet(query).getInt();
}

/// Nothing that a file brings along may act on its own.
void distrust_the_file(SQLite::Database& connection) {
    sqlite3* const handle = connection.getHandle();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    connection.exec("PRAGMA cell_size_check = ON");
}

}  // namespace

error describe(const SQLite::Exception& e, const std::filesystem::path& file) {
    const std::string where = file.string();
    const std::string why = std::string(" (SQLite: ") + e.what() + ").";
    switch (e.getErrorCode() & 0xff) {  // the rest only says more of the same
        case SQLITE_ERROR:  // riva's statements are right, so the schema is not
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
            return {
                errc::corrupt,
                "The database " + where +
                    " is damaged or is no database; move it away, or name another state folder" +
                    why
            };
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {
                errc::busy, "The database " + where + " is busy; try again when it is free" + why
            };
        case SQLITE_FULL:
        case SQLITE_TOOBIG:
            return {
                errc::full, "There is no space left for the database " + where + "; free some" + why
            };
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {
                errc::read_only,
                "The database " + where + " cannot be written; make it writable" + why
            };
        case SQLITE_CANTOPEN:
            return {
                errc::io_failed,
                "The database " + where +
                    " cannot be opened; check that its folder exists and "
                    "may be used" +
                    why
            };
        default:
            return {
                errc::io_failed,
                "The disk refused the database " + where + "; see riva doctor" + why
            };
    }
}

database::database(std::filesystem::path file, std::chrono::milliseconds patience)
    : file_(std::move(file)),
      patience_(patience),
      connection_(
          file_.string(),
          SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
          static_cast<int>(patience.count())
      ) {}

result<std::unique_ptr<database>> database::open(
    const std::filesystem::path& file, std::chrono::milliseconds patience
) {
    try {
        std::unique_ptr<database> opened(new database(file, patience));
        const auto usable = opened->prepare();
        if (!usable) return usable.error();
        return opened;
    } catch (const SQLite::Exception& e) {
        return describe(e, file);
    }
}

database::~database() {
    if (!ours_ || lost_.code || !write_lock::acquire(file_, std::chrono::milliseconds(0))) return;
    sqlite3_wal_checkpoint_v2(
        connection_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr
    );
}

result<void> database::attempt(const std::function<void()>& work) {
    if (lost_.code) return lost_;
    try {
        work();
        return {};
    } catch (const SQLite::Exception& e) {
        error why = describe(e, file_);
        if (why.code == errc::io_failed) lost_ = why;
        return why;
    }
}

result<void> database::prepare() {
    distrust_the_file(connection_);
    const int owner = number(connection_, "PRAGMA application_id");
    const int version = number(connection_, "PRAGMA user_version");
    const bool blank = owner == 0 && version == 0 &&
                       number(connection_, "SELECT count(*) FROM sqlite_schema") == 0;
    if (!blank && owner != application)
        return error{
            errc::foreign,
            "The file " + file_.string() +
                " is a database of another program; move it away, or name another state folder."
        };
    if (version > schema_version())
        return error{
            errc::newer_schema,
            "The database " + file_.string() + " was written by a newer riva (version " +
                std::to_string(version) + ", this one knows " + std::to_string(schema_version()) +
                "); install that one, or name another state folder."
        };
    if (!blank && version < 1)
        return error{
            errc::corrupt,
            "The database " + file_.string() + " is damaged: its version is " +
                std::to_string(version) + "; move it away, or name another state folder."
        };
    connection_.exec("PRAGMA synchronous = FULL");
    connection_.exec("PRAGMA foreign_keys = ON");
    if (blank) {
        const auto created = create();
        if (!created) return created;
    }
    if (blank || version < schema_version()) {
        const auto current = bring_up_to_date();
        if (!current) return current;
    }
    ours_ = true;
    return {};
}

result<void> database::create() {
    const auto lock = write_lock::acquire(file_, patience_);
    if (!lock) return lock.error();
    std::error_code failed;
    std::filesystem::permissions(
        file_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed
    );
    if (failed)
        return error{
            errc::read_only,
            "The database " + file_.string() + " cannot be made private: " + failed.message() +
                "; use a folder of your own."
        };
    connection_.exec("PRAGMA journal_mode = WAL");
    return {};
}

result<void> database::bring_up_to_date() {
    return write([](SQLite::Database& to) {
        // Another process may have been faster.
        if (number(to, "PRAGMA application_id") != application)
            to.exec("PRAGMA application_id = " + std::to_string(application));
        upgrade(to, number(to, "PRAGMA user_version"));
    });
}

result<void> database::write(const std::function<void(SQLite::Database&)>& work) {
    if (lost_.code) return lost_;
    const auto lock = write_lock::acquire(file_, patience_);
    if (!lock) return lock.error();
    return attempt([&] {
        SQLite::Transaction all(connection_, SQLite::TransactionBehavior::IMMEDIATE);
        work(connection_);
        all.commit();
    });
}

result<void> database::read(const std::function<void(SQLite::Database&)>& work) {
    return attempt([&] {
        SQLite::Transaction one_state(connection_);
        work(connection_);
    });
}

}  // namespace riva::memory
