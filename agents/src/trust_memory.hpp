#pragma once

#include <riva/agents/engine.hpp>
#include <riva/memory/trust_accounts.hpp>
#include <riva/verify/trust_budget.hpp>

#include <utility>

namespace riva::agents {

/// What is trusted in one project with one set of verifiers, kept in riva's database. A state that
/// no decisions lead to is an error, and is left as it is. Points are not kept.
/// Lifetime: the accounts outlive it. Thread safety: safe.
class trust_memory final : public verify::trust_store {
public:
    trust_memory(memory::trust_accounts& kept, memory::trust_scope scope)
        : kept_(kept), scope_(std::move(scope)) {}

    /// Errors: those of the database; `memory::errc::corrupt` naming what is wrong.
    result<void> transact(
        const verify::trust_action& concerns,
        std::uint64_t ticket,
        const std::function<void(verify::trust_state&)>& change
    ) override;
    /// Errors: as `transact`.
    result<verify::trust_state> load() override;

private:
    error damaged(const std::string& fault) const;

    memory::trust_accounts& kept_;
    memory::trust_scope scope_;
};

/// Where what a task teaches holds: its repository, and what judges it. Precondition: the path of
/// the repository is canonical.
memory::trust_scope trust_scope_of(const task& job);

}  // namespace riva::agents
