#include "database.hpp"

#include "schema.hpp"
#include "sealed_files.hpp"

#include <riva/memory/error.hpp>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <string>
#include <utility>

namespace riva::memory {
namespace {

constexpr int application = 0x72697661;  // "riva"
constexpr int first_with_seals = 5;      // the version from which on all pages have seals
constexpr int grown_log = 1000;          // pages
constexpr int long_log = 4000;
constexpr int longest_text = 256 << 20;  // bytes

int number(SQLite::Database& in, const char* query) {
    return in.execAndGet(query).getInt();
}

/// Nothing that a file brings along may act on its own.
void distrust_the_file(SQLite::Database& connection) {
    sqlite3* const handle = connection.getHandle();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longest_text);
    connection.exec("PRAGMA cell_size_check = ON");
}

struct what_it_is {
    int owner;
    int version;
    bool blank;
    bool sealed;
};

/// Looks at one state: another process may be creating the database just now.
what_it_is look(SQLite::Database& in) {
    const SQLite::Transaction one_state(in);
    const int owner = number(in, "PRAGMA application_id");
    const int version = number(in, "PRAGMA user_version");
    const bool blank =
        owner == 0 && version == 0 && number(in, "SELECT count(*) FROM sqlite_schema") == 0;
    return {owner, version, blank, has_seals(in.getHandle())};
}

int keep_length(void* pages, sqlite3*, const char*, int length) {
    *static_cast<int*>(pages) = length;
    return SQLITE_OK;
}

error unusable(errc code, const std::filesystem::path& file, const std::string& why) {
    return {code, "The database " + file.string() + ' ' + why + ", or name another state folder."};
}

}  // namespace

database::database(std::filesystem::path file, std::chrono::milliseconds patience, access purpose)
    : file_(std::move(file)),
      patience_(patience),
      purpose_(purpose),
      connection_(
          file_.string(),
          SQLite::OPEN_NOMUTEX |
              (purpose == access::read ? SQLite::OPEN_READONLY
                                       : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE),
          static_cast<int>(patience.count()),
          sealed_files()
      ) {
    // Takes the place of what would move the log within a commit, at a time of its own choice.
    sqlite3_wal_hook(connection_.getHandle(), keep_length, &log_pages_);
}

result<std::unique_ptr<database>> database::open(
    const std::filesystem::path& file, std::chrono::milliseconds patience, access purpose
) {
    std::error_code ignored;
    if (std::filesystem::is_symlink(file, ignored))
        return unusable(
            errc::foreign, file, "is a symbolic link, which riva does not follow; remove it"
        );
    // SQLite takes a file of one byte for a new one.
    if (const auto size = std::filesystem::file_size(file, ignored); !ignored && size == 1)
        return unusable(errc::corrupt, file, "is cut off; move it away");
    try {
        std::unique_ptr<database> opened(new database(file, patience, purpose));
        const auto usable = opened->prepare();
        if (!usable) return usable.error();
        return opened;
    } catch (const SQLite::Exception& e) {
        return describe(e, file);
    }
}

database::~database() {
    if (!ours_ || lost_.code || purpose_ == access::read) return;
    const auto lock = write_lock::acquire(file_, std::chrono::milliseconds(0));
    if (!lock) return;
    sqlite3_busy_timeout(connection_.getHandle(), 0);  // whoever reads may go on reading
    move_log(SQLITE_CHECKPOINT_TRUNCATE);
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
    make_room_for_seals(connection_.getHandle());
    const auto [owner, version, blank, sealed] = look(connection_);
    if (!blank && owner != application)
        return unusable(errc::foreign, file_, "is one of another program; move it away");
    if (version > schema_version())
        return unusable(
            errc::newer_schema,
            file_,
            "was written by a newer riva (version " + std::to_string(version) +
                ", this one knows " + std::to_string(schema_version()) + "); install that one"
        );
    if (!blank && (version < 1 || (version >= first_with_seals && !sealed)))
        return unusable(
            errc::corrupt,
            file_,
            "is damaged: its version is " + std::to_string(version) +
                (sealed ? "" : ", and its pages have no seals") + "; move it away"
        );
    connection_.exec("PRAGMA synchronous = FULL");
    connection_.exec("PRAGMA foreign_keys = ON");
    if (blank || version < schema_version()) {
        const auto current = make_current(blank);
        if (!current) return current;
    }
    ours_ = true;
    return {};
}

result<void> database::make_current(bool blank) {
    if (purpose_ == access::read)
        return unusable(errc::corrupt, file_, "was replaced by an older one; move it away");
    if (blank) {
        const auto created = create();
        if (!created) return created;
    }
    if (!has_seals(connection_.getHandle())) {
        const auto sealed = put_seals();
        if (!sealed) return sealed;
    }
    return bring_up_to_date();
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

result<void> database::put_seals() {
    const auto lock = write_lock::acquire(file_, patience_);
    if (!lock) return lock.error();
    return attempt([this] {
        // The first page, which says that there are seals, has to be written before all others.
        connection_.exec("PRAGMA cache_spill = OFF");
        connection_.exec("VACUUM");
        connection_.exec("PRAGMA cache_spill = ON");
    });
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
    auto done = attempt([&] {
        SQLite::Transaction all(connection_, SQLite::TransactionBehavior::IMMEDIATE);
        work(connection_);
        all.commit();
    });
    if (done && log_pages_ - stuck_pages_ >= long_log) move_log(SQLITE_CHECKPOINT_PASSIVE);
    return done;
}

result<void> database::read(const std::function<void(SQLite::Database&)>& work) {
    return attempt([&] {
        SQLite::Transaction one_state(connection_);
        work(connection_);
    });
}

void database::rest() {
    if (lost_.code || log_pages_ - stuck_pages_ < grown_log) return;
    const auto lock = write_lock::acquire(file_, std::chrono::milliseconds(0));
    if (lock) move_log(SQLITE_CHECKPOINT_PASSIVE);
}

/// Whoever calls this holds the lock.
void database::move_log(int mode) {
    int pages = 0;
    int moved = 0;
    const int ended =
        sqlite3_wal_checkpoint_v2(connection_.getHandle(), nullptr, mode, &pages, &moved);
    // What was committed is in the log, whole; only the next transactions have to fail.
    if ((ended & 0xff) == SQLITE_IOERR || ended == SQLITE_FULL)
        lost_ = describe(SQLite::Exception(connection_.getHandle(), ended), file_);
    stuck_pages_ = pages > moved ? pages : 0;
    log_pages_ = stuck_pages_;
}

}  // namespace riva::memory
