#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace riva::test {

/// What a disk was told to do, and when somebody was told that it had done it.
struct disk_step {
    enum class kind : std::uint8_t { write, truncate, sync, remove, acknowledged };

    kind what = kind::write;
    std::string file;         ///< its name without the folder; when acknowledged: what
    std::int64_t offset = 0;  ///< where to write; the new size; when acknowledged: up to which
    std::string bytes;

    friend bool operator==(const disk_step&, const disk_step&) = default;
};

/// A layer below all files of SQLite in this process, which writes down what they are told.
/// Thread safety: safe.
class recorded_disk {
public:
    /// The one there is. The first call makes it the default of SQLite, so it comes before
    /// anything else that uses SQLite.
    static recorded_disk& instance();

    /// Writes down what happens from here on. `keeps_its_log` false: takes no notice when the log
    /// is to be on the disk, as if nobody had asked for it (synchronous=NORMAL).
    void begin(bool keeps_its_log);
    std::vector<disk_step> end();

    /// Decides what becomes of a step: SQLITE_OK, or the code that it fails with. Nothing: all
    /// succeed.
    void fail(std::function<int(const disk_step&)> decide);

    /// Writes a step down, unless it fails. Returns a code of SQLite.
    int add(disk_step step);

private:
    std::mutex guard_;
    bool on_ = false;
    bool keeps_its_log_ = true;
    std::function<int(const disk_step&)> decide_;
    std::vector<disk_step> steps_;
};

}  // namespace riva::test
