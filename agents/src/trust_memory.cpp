#include "trust_memory.hpp"

#include "trust_rows.hpp"

#include <riva/memory/error.hpp>
#include <riva/runtime/digest.hpp>
#include <riva/verify/checks.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace riva::agents {

using verify::trust_state;

error trust_memory::damaged(const std::string& fault) const {
    return {
        memory::errc::corrupt,
        "The trust in " + scope_.project + " that " + kept_.file().string() +
            " keeps is damaged: " + fault +
            "; restore the file from a copy, or set trust.mode to off."
    };
}

result<void> trust_memory::transact(
    const verify::trust_action& concerns,
    std::uint64_t ticket,
    const std::function<void(trust_state&)>& change
) {
    const memory::trust_concern rows_concerned{
        static_cast<std::int64_t>(concerns.risk),
        concerns.pattern,
        static_cast<std::int64_t>(ticket)
    };
    const auto on_rows = [&](memory::trust_rows& rows) -> result<void> {
        auto loaded = state_of(rows);
        if (const auto* fault = std::get_if<std::string>(&loaded)) return damaged(*fault);
        auto& state = std::get<trust_state>(loaded);
        std::set<verify::risk_level> risks{concerns.risk};
        for (const auto& [number, open] : state.tickets) risks.insert(open.risk);
        const trust_state before = state;
        change(state);
        if (state != before) rows = rows_of(state, risks);
        return {};
    };
    return kept_.transact(scope_, rows_concerned, on_rows);
}

result<trust_state> trust_memory::load() {
    const auto rows = kept_.load(scope_);
    if (!rows) return rows.error();
    auto loaded = state_of(*rows);
    if (const auto* fault = std::get_if<std::string>(&loaded)) return damaged(*fault);
    return std::get<trust_state>(std::move(loaded));
}

memory::trust_scope trust_scope_of(const task& job) {
    std::vector<std::string> lines = job.checks;
    std::ranges::sort(lines);
    lines.erase(std::ranges::unique(lines).begin(), lines.end());
    // The length before each line keeps two lists from having the same text.
    std::string all = "riva " + std::to_string(verify::checks_version) + "\n";
    std::string told;
    for (const auto& line : lines) {
        all += std::to_string(line.size()) + ":" + line + "\n";
        told += (told.empty() ? "" : "\n") + line;
    }
    if (told.empty()) told = "the tests of the repository";
    return {job.repository.string(), sha256(all), told};
}

}  // namespace riva::agents
