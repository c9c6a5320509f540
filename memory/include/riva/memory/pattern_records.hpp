#pragma once

#include <riva/runtime/error.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace riva::memory {

/// After this time an outcome counts half, after twice as long a quarter.
inline constexpr std::chrono::days pattern_half_life{30};

using pattern_time = std::chrono::sys_time<std::chrono::milliseconds>;

/// How one change came out. Run and step tell it apart from all others: told twice it counts once.
struct pattern_outcome {
    std::string pattern;
    std::string run;
    std::string step;  ///< of the run
    std::string file;  ///< that it changed; empty: none, or several
    bool passed = false;
    pattern_time at;
};

/// What is known of a pattern in a project.
struct pattern_row {
    std::string pattern;
    std::int64_t successes = 0;  ///< all of them
    std::int64_t failures = 0;
    double passed = 0;  ///< the same, each halved with every `pattern_half_life` since
    double failed = 0;
    std::optional<pattern_time> last_success;
    std::optional<pattern_time> last_failure;
    std::string run;   ///< that changed it last
    std::string step;  ///< of that run

    std::int64_t attempts() const { return successes + failures; }
    friend bool operator==(const pattern_row&, const pattern_row&) = default;
};

/// Keeps how changes of each pattern came out, by project, in riva's database.
///
/// Every call blocks, for the disk and for up to five seconds while another connection writes.
/// Thread safety: safe; calls run one after the other.
class pattern_records {
public:
    /// Opens or creates `file`; its folder must exist. Errors: as `sqlite_journal::open`.
    static result<std::unique_ptr<pattern_records>> open(const std::filesystem::path& file);
    ~pattern_records();
    pattern_records(const pattern_records&) = delete;
    pattern_records& operator=(const pattern_records&) = delete;

    /// Adds an outcome; durable when it returns. One that is known changes nothing, unless it was
    /// known as a success and is a failure after all: then it becomes one, as of now. Returns
    /// whether anything changed.
    result<bool> add(const std::string& project, const pattern_outcome& seen);

    /// A file that a run changed turned out to be wrong: the last outcome of the run that is about
    /// that file becomes a failure. False if it is one, or if there is none.
    result<bool> refute(
        const std::string& project,
        const std::string& run,
        const std::string& file,
        pattern_time now
    );

    /// As of now; all zero if nothing is known.
    result<pattern_row> find(
        const std::string& project, const std::string& pattern, pattern_time now
    );

    /// All patterns of a project as of now, by their names.
    result<std::vector<pattern_row>> load(const std::string& project, pattern_time now);

private:
    struct state;
    explicit pattern_records(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace riva::memory
