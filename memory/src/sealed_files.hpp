#pragma once

struct sqlite3;

/// A layer between SQLite and the files of a database (a "VFS") that seals each page it writes and
/// checks the seal of each page it reads; see page_seal.hpp. A page whose seal is broken cannot be
/// read: SQLite says `SQLITE_IOERR_DATA`. The log has sealed pages too, and its own sums agree with
/// them, so other programs can read a database, and move the log into it; what they write has no
/// seal.
///
/// Databases without room for seals are left as they are.
namespace riva::memory {

/// The name under which SQLite knows the layer, which is put on top of the default one the first
/// time this is called.
const char* sealed_files();

/// Lets a database have seals: an empty one from its first page on, another one once `VACUUM` has
/// written it anew. To be called before anything is read.
void make_room_for_seals(sqlite3* connection);

/// Do the pages of a database have seals? Something has been read from it before.
bool has_seals(sqlite3* connection);

}  // namespace riva::memory
