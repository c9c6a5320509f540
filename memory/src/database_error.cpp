#include "database.hpp"

#include <riva/memory/error.hpp>

#include <sqlite3.h>

#include <string>

namespace riva::memory {

error describe(const SQLite::Exception& e, const std::filesystem::path& file) {
    const std::string where = file.string();
    const std::string why = std::string(" (SQLite: ") + e.what() + ").";
    if (e.getExtendedErrorCode() == SQLITE_IOERR_DATA)
        return {
            errc::corrupt,
            "The database " + where +
                " is damaged, or another program wrote to it; move it away with the files beside "
                "it, or restore a copy of them all (SQLite: a page is not as it was written)."
        };
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
        case SQLITE_TOOBIG:
            return {errc::full, "A text is too long for the database " + where + why};
        case SQLITE_FULL:
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

}  // namespace riva::memory
