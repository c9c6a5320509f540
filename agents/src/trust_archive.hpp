#pragma once

#include "canary_tally.hpp"

#include <riva/agents/engine.hpp>
#include <riva/memory/trust_accounts.hpp>
#include <riva/verify/trust_budget.hpp>

#include <filesystem>
#include <memory>
#include <mutex>

namespace riva::agents {

/// Where an engine finds what is trusted. Thread safety: safe. Lifetime: outlives its stores, and
/// the host's store, if there is one, outlives it.
class trust_archive {
public:
    /// `host` is used instead of the file, unless it is null.
    trust_archive(std::filesystem::path file, verify::trust_store* host)
        : file_(std::move(file)), host_(host) {}

    /// What a run on a task sees, found and looked through on a pool for blocking work. The mode
    /// `off` touches neither file nor host. Precondition: the path of the repository is canonical.
    /// Errors: as `memory::trust_accounts::open` and `load`; what is damaged is said now, rather
    /// than that nothing is ever skipped. Cancellation: terminal.
    asio::awaitable<result<std::unique_ptr<verify::trust_store>>> of(
        task job, settings s, asio::any_io_executor blocking
    );

    /// Adds what mutants said of the checks of a task, on a pool for blocking work; not with a
    /// store of the host. Precondition: as `of`. Errors: as `memory::trust_accounts::open` and
    /// `add_canaries`. Cancellation: terminal; all is added, or nothing.
    asio::awaitable<result<void>> add(task job, canary_tally seen, asio::any_io_executor blocking);

private:
    result<memory::trust_accounts*> accounts();
    result<std::unique_ptr<verify::trust_store>> find(const task& job, verify::trust_mode mode);

    std::filesystem::path file_;
    verify::trust_store* host_;
    std::mutex opening_;
    std::unique_ptr<memory::trust_accounts> opened_;
};

}  // namespace riva::agents
