#include "sealed_files.hpp"

#include "page_seal.hpp"
#include "sealed_log.hpp"

#include <sqlite3.h>

#include <bit>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace riva::memory {
namespace {

constexpr int ask_for_seals = 0x72697661;  // not one of SQLite's own operations

/// What SQLite opens; the file of the layer below lies behind it.
struct sealed_file {
    sqlite3_file base;
    sealed_file* main;  // of a log: its database; of a database: itself
    bool sealed;        // of a database
    database_id owner;  // of a database; 0: not known yet
};

sealed_file& self(sqlite3_file* file) {
    return *reinterpret_cast<sealed_file*>(file);
}

sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(&self(file) + 1);
}

sqlite3_vfs* below(sqlite3_vfs* layer) {
    return static_cast<sqlite3_vfs*>(layer->pAppData);
}

/// The pages of a file are read and written whole; all else is a header.
bool is_page(int size, std::int64_t within) {
    return size >= 512 && std::has_single_bit(static_cast<unsigned>(size)) && within % size == 0;
}

int page_size(const unsigned char* header) {
    const int size = header[16] << 8 | header[17];
    return size == 1 ? 65536 : size;
}

bool header_has_seals(const unsigned char* header) {
    return std::memcmp(header, "SQLite format 3", 16) == 0 && header[20] == seal_size;
}

/// A page as it is to be written: the caller's own must not change.
std::span<unsigned char> sealed_copy(
    sealed_file& main, const void* content, int size, std::uint32_t number
) {
    thread_local std::vector<unsigned char> copy;
    const auto* bytes = static_cast<const unsigned char*>(content);
    copy.assign(bytes, bytes + size);
    if (main.owner == 0) sqlite3_randomness(sizeof main.owner, &main.owner);
    seal(copy, number, main.owner);
    return copy;
}

/// Whether a database has seals is what its first page says; one that has them keeps them.
void notice_first_page(sealed_file& main, const void* content, int size, std::uint32_t number) {
    const auto* bytes = static_cast<const unsigned char*>(content);
    if (number == 1 && size >= 100 && header_has_seals(bytes)) main.sealed = true;
}

int check(sealed_file& main, const void* content, int size, std::uint32_t number) {
    const std::span page(
        static_cast<const unsigned char*>(content), static_cast<std::size_t>(size)
    );
    notice_first_page(main, content, size, number);
    if (!main.sealed) return SQLITE_OK;
    if (main.owner == 0 && number == 1) main.owner = owner_of(page);
    return is_sealed(page, number, main.owner) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

// --- the database itself ------------------------------------------------------------------------

int read_page(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    const int read = below(file)->pMethods->xRead(below(file), into, size, offset);
    if (!is_page(size, offset)) return read;
    if (read == SQLITE_IOERR_SHORT_READ && self(file).sealed) return SQLITE_IOERR_DATA;
    if (read != SQLITE_OK) return read;
    return check(self(file), into, size, static_cast<std::uint32_t>(offset / size + 1));
}

int write_page(sqlite3_file* file, const void* content, int size, sqlite3_int64 offset) {
    const auto number = static_cast<std::uint32_t>(is_page(size, offset) ? offset / size + 1 : 0);
    notice_first_page(self(file), content, size, number);
    if (number != 0 && self(file).sealed)
        content = sealed_copy(self(file), content, size, number).data();
    return below(file)->pMethods->xWrite(below(file), content, size, offset);
}

/// Learns from the file itself whose pages it has: what lies in the log may be of another database.
/// Unless the first page is broken, since the power went while the log was moved; then the log has
/// it.
void look_at_first_page(sealed_file& main) {
    sqlite3_file* const real = below(&main.base);
    unsigned char header[100];
    if (real->pMethods->xRead(real, header, sizeof header, 0) != SQLITE_OK) return;
    const int size = page_size(header);
    if (!header_has_seals(header) || !is_page(size, 0)) return;
    main.sealed = true;
    std::vector<unsigned char> page(static_cast<std::size_t>(size));
    if (real->pMethods->xRead(real, page.data(), size, 0) != SQLITE_OK) return;
    if (is_sealed(page, 1, owner_of(page))) main.owner = owner_of(page);
}

// --- its log ------------------------------------------------------------------------------------

int read_log(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    const int read = below(file)->pMethods->xRead(below(file), into, size, offset);
    if (read != SQLITE_OK || !is_page_of_log(size, offset)) return read;
    std::uint32_t number = 0;
    const int found = read_page_number(below(file), offset, number);
    return found != SQLITE_OK ? found : check(*self(file).main, into, size, number);
}

int write_log(sqlite3_file* file, const void* content, int size, sqlite3_int64 offset) {
    sealed_file& main = *self(file).main;
    sqlite3_file* const real = below(file);
    if (!is_page_of_log(size, offset)) return real->pMethods->xWrite(real, content, size, offset);
    std::uint32_t number = 0;
    if (const int found = read_page_number(real, offset, number); found != SQLITE_OK) return found;
    notice_first_page(main, content, size, number);
    if (!main.sealed) return real->pMethods->xWrite(real, content, size, offset);
    return write_page_of_log(real, sealed_copy(main, content, size, number), offset);
}

// --- what both have -----------------------------------------------------------------------------

int control(sqlite3_file* file, int operation, void* argument) {
    if (operation == ask_for_seals) {
        *static_cast<bool*>(argument) = self(file).main->sealed;
        return SQLITE_OK;
    }
    return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

/// Calls the method of the layer below.
template <auto Method, class... Arguments>
auto pass(sqlite3_file* file, Arguments... arguments) {
    return (below(file)->pMethods->*Method)(below(file), arguments...);
}

using methods = sqlite3_io_methods;

constexpr methods methods_with(decltype(methods::xRead) read, decltype(methods::xWrite) write) {
    methods all{};
    all.iVersion = 2;  // without memory mapping, which would not be checked
    all.xClose = pass<&methods::xClose>;
    all.xRead = read;
    all.xWrite = write;
    all.xTruncate = pass<&methods::xTruncate>;
    all.xSync = pass<&methods::xSync>;
    all.xFileSize = pass<&methods::xFileSize>;
    all.xLock = pass<&methods::xLock>;
    all.xUnlock = pass<&methods::xUnlock>;
    all.xCheckReservedLock = pass<&methods::xCheckReservedLock>;
    all.xFileControl = control;
    all.xSectorSize = pass<&methods::xSectorSize>;
    // Pages of the log are then written in one piece each.
    all.xDeviceCharacteristics = [](sqlite3_file* file) {
        return pass<&methods::xDeviceCharacteristics>(file) | SQLITE_IOCAP_POWERSAFE_OVERWRITE;
    };
    all.xShmMap = pass<&methods::xShmMap>;
    all.xShmLock = pass<&methods::xShmLock>;
    all.xShmBarrier = pass<&methods::xShmBarrier>;
    all.xShmUnmap = pass<&methods::xShmUnmap>;
    return all;
}

constexpr methods methods_of_database = methods_with(read_page, write_page);
constexpr methods methods_of_log = methods_with(read_log, write_log);

int open(sqlite3_vfs* layer, const char* name, sqlite3_file* file, int flags, int* opened_as) {
    const bool is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    if (!is_main && (flags & SQLITE_OPEN_WAL) == 0)
        return below(layer)->xOpen(below(layer), name, file, flags, opened_as);
    file->pMethods = nullptr;
    const int opened = below(layer)->xOpen(below(layer), name, below(file), flags, opened_as);
    if (opened != SQLITE_OK) return opened;
    auto* const main =
        is_main ? &self(file) : reinterpret_cast<sealed_file*>(sqlite3_database_file_object(name));
    self(file) = {{is_main ? &methods_of_database : &methods_of_log}, main, false, 0};
    if (is_main) look_at_first_page(self(file));
    return SQLITE_OK;
}

sqlite3_vfs make_layer(sqlite3_vfs* base) {
    sqlite3_vfs layer{};
    layer.iVersion = 2;
    layer.szOsFile = static_cast<int>(sizeof(sealed_file)) + base->szOsFile;
    layer.mxPathname = base->mxPathname;
    layer.zName = "riva";
    layer.pAppData = base;
    layer.xOpen = open;
    layer.xDelete = [](sqlite3_vfs* v, const char* name, int sync) {
        return below(v)->xDelete(below(v), name, sync);
    };
    layer.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* found) {
        return below(v)->xAccess(below(v), name, flags, found);
    };
    layer.xFullPathname = [](sqlite3_vfs* v, const char* name, int size, char* into) {
        return below(v)->xFullPathname(below(v), name, size, into);
    };
    layer.xRandomness = [](sqlite3_vfs* v, int size, char* into) {
        return below(v)->xRandomness(below(v), size, into);
    };
    layer.xSleep = [](sqlite3_vfs* v, int microseconds) {
        return below(v)->xSleep(below(v), microseconds);
    };
    layer.xCurrentTime = [](sqlite3_vfs* v, double* now) {
        return below(v)->xCurrentTime(below(v), now);
    };
    layer.xGetLastError = [](sqlite3_vfs* v, int size, char* into) {
        return below(v)->xGetLastError(below(v), size, into);
    };
    layer.xCurrentTimeInt64 = [](sqlite3_vfs* v, sqlite3_int64* now) {
        return below(v)->xCurrentTimeInt64(below(v), now);
    };
    return layer;
}

}  // namespace

const char* sealed_files() {
    static sqlite3_vfs layer = [] {
        sqlite3_initialize();
        return make_layer(sqlite3_vfs_find(nullptr));
    }();
    static const int registered = sqlite3_vfs_register(&layer, 0);
    return registered == SQLITE_OK ? layer.zName : nullptr;
}

void make_room_for_seals(sqlite3* connection) {
    int size = seal_size;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_RESERVE_BYTES, &size);
}

bool has_seals(sqlite3* connection) {
    bool sealed = false;
    sqlite3_file_control(connection, "main", ask_for_seals, &sealed);
    return sealed;
}

}  // namespace riva::memory
