#pragma once

#include <riva/runtime/error.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace riva::memory {

/// How the checks of one kind have done in a project.
struct check_row {
    std::string kind;
    std::int64_t runs = 0;
    std::int64_t failures = 0;
    std::chrono::milliseconds duration{0};  ///< of all runs

    friend bool operator==(const check_row&, const check_row&) = default;
};

/// Keeps how checks have done, by project, in riva's database.
///
/// Every call blocks, for the disk and for up to five seconds while another connection writes.
/// Thread safety: safe; calls run one after the other.
class check_records {
public:
    /// Opens or creates `file`; its folder must exist. Errors: as `sqlite_journal::open`.
    static result<std::unique_ptr<check_records>> open(const std::filesystem::path& file);
    ~check_records();
    check_records(const check_records&) = delete;
    check_records& operator=(const check_records&) = delete;

    /// All kinds that are known in a project, in order of their names.
    result<std::vector<check_row>> load(const std::string& project);

    /// Adds to what is known, all or nothing. When this returns it is durable.
    result<void> add(const std::string& project, const std::vector<check_row>& more);

private:
    struct state;
    explicit check_records(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace riva::memory
