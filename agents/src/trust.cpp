#include <riva/agents/trust.hpp>

#include "trust_memory.hpp"

#include <system_error>
#include <utility>

namespace riva::agents {

namespace fs = std::filesystem;

namespace {

/// Of all checks together.
result<verify::canary_record> canaries_of(
    memory::trust_accounts& kept, const memory::trust_scope& scope
) {
    const auto rows = kept.load_canaries(scope);
    if (!rows) return rows.error();
    for (const auto& row : *rows)
        if (row.check.empty()) return verify::canary_record{row.tried, row.caught};
    return verify::canary_record{};
}

}  // namespace

result<std::vector<trust_report>> describe_trust(const settings& s, const fs::path& repository) {
    if (const auto sensible = validate(s); !sensible) return sensible.error();
    std::error_code failed;
    const fs::path project = fs::canonical(repository, failed);
    if (failed)
        return error{
            riva::errc::tree_unreadable,
            "The repository " + repository.string() + " cannot be read: " + failed.message() +
                "; name a folder with --repo."
        };
    std::vector<trust_report> all;
    const fs::path file = s.state_folder / "riva.db";
    if (!fs::exists(file, failed)) return all;
    const auto kept = memory::trust_accounts::open(file);
    if (!kept) return kept.error();
    const auto scopes = (*kept)->scopes(project.string());
    if (!scopes) return scopes.error();
    for (const auto& scope : *scopes) {
        const auto state = trust_memory(**kept, scope).load();
        if (!state) return state.error();
        const auto canaries = canaries_of(**kept, scope);
        if (!canaries) return canaries.error();
        verify::trust_settings measured = s.trust;
        measured.sensitivity = canaries->sensitivity().value_or(s.trust.sensitivity);
        all.push_back({scope.judges, scope.verifiers, verify::describe(measured, *state), *canaries}
        );
    }
    return all;
}

}  // namespace riva::agents
