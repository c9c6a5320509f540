#pragma once

#include <riva/memory/trust_rows.hpp>
#include <riva/runtime/error.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riva::memory {

/// Keeps what is trusted in riva's database, beside the runs.
///
/// Every call blocks, for the disk and for up to five seconds while another connection writes.
/// Thread safety: safe; calls run one after the other.
class trust_accounts {
public:
    /// Opens or creates `file`; its folder must exist. Errors: as `sqlite_journal::open`.
    static result<std::unique_ptr<trust_accounts>> open(const std::filesystem::path& file);
    ~trust_accounts();
    trust_accounts(const trust_accounts&) = delete;
    trust_accounts& operator=(const trust_accounts&) = delete;

    /// Loads the rows concerned, runs `change` on them, and stores what it made of them, in one
    /// transaction: all other changes come before or after it. Rows that have gone are deleted if
    /// they are tickets, and stay as they are otherwise. When this returns the change is durable,
    /// or has not happened.
    ///
    /// Errors: that of `change`; corrupt names the row; busy, full, read_only, io_failed.
    result<void> transact(
        const trust_scope& scope,
        const trust_concern& concerns,
        const std::function<result<void>(trust_rows&)>& change
    );

    /// All rows of a scope; those of a new one if it is not known. Errors: as `transact`.
    result<trust_rows> load(const trust_scope& scope);

    /// Adds to what is known of mutants, all or nothing, durably. Errors: as `transact`.
    result<void> add_canaries(const trust_scope& scope, const std::vector<canary_row>& more);

    /// What is known of mutants, by the names of the checks. Errors: as `transact`.
    result<std::vector<canary_row>> load_canaries(const trust_scope& scope);

    /// What is known of a project, in the order in which it was first used.
    result<std::vector<trust_scope>> scopes(const std::string& project);

    const std::filesystem::path& file() const;

private:
    struct state;
    explicit trust_accounts(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace riva::memory
