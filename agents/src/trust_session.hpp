#pragma once

#include <riva/verify/trust_budget.hpp>

#include <cstdint>
#include <mutex>

namespace riva::agents {

/// What one run sees of the trust in a project: the points of `heuristic` are its own and begin
/// full, all else is in a store that others may share. Lifetime: the store outlives it.
/// Thread safety: safe.
class trust_session final : public verify::trust_store {
public:
    explicit trust_session(verify::trust_store& shared) : shared_(shared) {}

    result<void> transact(
        const verify::trust_action& concerns,
        std::uint64_t ticket,
        const std::function<void(verify::trust_state&)>& change
    ) override;
    result<verify::trust_state> load() override;

private:
    verify::trust_store& shared_;
    std::mutex mutex_;
    verify::trust_points points_;
};

/// 64 bits of the operating system that no model can foresee. Throws `std::system_error` if it has
/// none.
std::uint64_t toss_coin();

}  // namespace riva::agents
