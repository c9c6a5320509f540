#pragma once

#include <riva/agents/settings.hpp>
#include <riva/runtime/error.hpp>
#include <riva/verify/sensitivity.hpp>
#include <riva/verify/trust_decision.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace riva::agents {

/// What is trusted in a repository as long as the same checks judge.
struct trust_report {
    std::string judges;     ///< the checks for a person, one a line
    std::string verifiers;  ///< a digest over them, and over the version of riva's own
    /// With the sensitivity that was measured, once it was.
    verify::trust_description trust;
    verify::canary_record canaries;  ///< faults put in on purpose that all checks looked at

    friend bool operator==(const trust_report&, const trust_report&) = default;
};

/// What the state folder holds about a repository, described with these settings, in the order in
/// which the checks were first used. Empty if nothing is recorded yet; no file is made then.
/// Blocks.
///
/// Errors: those of `validate`; an unreadable repository; a database that is damaged, newer,
/// foreign or cannot be read.
result<std::vector<trust_report>> describe_trust(
    const settings& s, const std::filesystem::path& repository
);

}  // namespace riva::agents
