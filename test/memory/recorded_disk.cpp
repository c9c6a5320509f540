#include "recorded_disk.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <utility>

namespace riva::test {
namespace {

/// The file of the layer below lies behind it.
struct recorded_file {
    sqlite3_file base;
    std::string* name;
};

recorded_file& self(sqlite3_file* file) {
    return *reinterpret_cast<recorded_file*>(file);
}

sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(&self(file) + 1);
}

sqlite3_vfs* below(sqlite3_vfs* layer) {
    return static_cast<sqlite3_vfs*>(layer->pAppData);
}

std::string name_of(const char* path) {
    return std::filesystem::path(path).filename().string();
}

template <auto Method, class... Arguments>
auto pass(sqlite3_file* file, Arguments... arguments) {
    return (below(file)->pMethods->*Method)(below(file), arguments...);
}

int close(sqlite3_file* file) {
    delete self(file).name;
    return pass<&sqlite3_io_methods::xClose>(file);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const int added = recorded_disk::instance().add(
        {disk_step::kind::write,
         *self(file).name,
         offset,
         std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))}
    );
    if (added != SQLITE_OK) return added;
    return pass<&sqlite3_io_methods::xWrite>(file, bytes, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const int added =
        recorded_disk::instance().add({disk_step::kind::truncate, *self(file).name, size, {}});
    return added != SQLITE_OK ? added : pass<&sqlite3_io_methods::xTruncate>(file, size);
}

/// Nobody pulls the plug of this machine: it is enough to write down what should be safe now.
int sync(sqlite3_file* file, int) {
    return recorded_disk::instance().add({disk_step::kind::sync, *self(file).name, 0, {}});
}

using methods = sqlite3_io_methods;

const methods recorded = {
    2,
    close,
    pass<&methods::xRead>,
    write,
    truncate,
    sync,
    pass<&methods::xFileSize>,
    pass<&methods::xLock>,
    pass<&methods::xUnlock>,
    pass<&methods::xCheckReservedLock>,
    pass<&methods::xFileControl>,
    pass<&methods::xSectorSize>,
    pass<&methods::xDeviceCharacteristics>,
    pass<&methods::xShmMap>,
    pass<&methods::xShmLock>,
    pass<&methods::xShmBarrier>,
    pass<&methods::xShmUnmap>,
    nullptr,
    nullptr,
};

int open(sqlite3_vfs* layer, const char* path, sqlite3_file* file, int flags, int* opened_as) {
    constexpr int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
    if ((flags & kept) == 0) return below(layer)->xOpen(below(layer), path, file, flags, opened_as);
    file->pMethods = nullptr;
    const int opened = below(layer)->xOpen(below(layer), path, below(file), flags, opened_as);
    if (opened == SQLITE_OK) self(file) = {{&recorded}, new std::string(name_of(path))};
    return opened;
}

int remove(sqlite3_vfs* layer, const char* path, int sync_folder) {
    const int added =
        recorded_disk::instance().add({disk_step::kind::remove, name_of(path), 0, {}});
    return added != SQLITE_OK ? added : below(layer)->xDelete(below(layer), path, sync_folder);
}

}  // namespace

recorded_disk& recorded_disk::instance() {
    static recorded_disk one;
    static sqlite3_vfs layer = [] {
        sqlite3_initialize();
        sqlite3_vfs* const base = sqlite3_vfs_find(nullptr);
        sqlite3_vfs made = *base;
        made.pNext = nullptr;
        made.zName = "recorded";
        made.szOsFile += static_cast<int>(sizeof(recorded_file));
        made.pAppData = base;
        made.xOpen = open;
        made.xDelete = remove;
        return made;
    }();
    static const int registered = sqlite3_vfs_register(&layer, 1);
    static_cast<void>(registered);
    return one;
}

void recorded_disk::begin(bool keeps_its_log) {
    const std::lock_guard lock(guard_);
    on_ = true;
    keeps_its_log_ = keeps_its_log;
    steps_.clear();
}

std::vector<disk_step> recorded_disk::end() {
    const std::lock_guard lock(guard_);
    on_ = false;
    return std::exchange(steps_, {});
}

void recorded_disk::fail(std::function<int(const disk_step&)> decide) {
    const std::lock_guard lock(guard_);
    decide_ = std::move(decide);
}

int recorded_disk::add(disk_step step) {
    const std::lock_guard lock(guard_);
    if (const int failed = decide_ ? decide_(step) : SQLITE_OK; failed != SQLITE_OK) return failed;
    const bool forgotten =
        !keeps_its_log_ && step.what == disk_step::kind::sync && step.file.ends_with("-wal");
    if (on_ && !forgotten) steps_.push_back(std::move(step));
    return SQLITE_OK;
}

}  // namespace riva::test
