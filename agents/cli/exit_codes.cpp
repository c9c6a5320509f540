#include "exit_codes.hpp"

#include <riva/memory/error.hpp>

namespace riva::cli {

exit_code exit_code_of(const events::run_result& result) {
    const std::string kind = result.error ? result.error->kind : std::string();
    if (kind == "provider" || kind == "model") return exit_code::provider;
    if (kind == "no_sandbox") return exit_code::no_sandbox;
    if (kind == "deadline") return exit_code::deadline;
    if (kind == "apply") return exit_code::internal;
    if (result.outcome == "verified") return exit_code::verified;
    if (result.outcome == "failed") return exit_code::failed;
    if (result.outcome == "unverified") return exit_code::unverified;
    if (result.outcome == "exhausted") return exit_code::limit;
    if (result.outcome == "denied") return exit_code::denied;
    if (result.outcome == "cancelled") return exit_code::interrupted;
    return exit_code::internal;
}

exit_code exit_code_of(const error& e) {
    if (e.code == riva::errc::sandbox_unavailable) return exit_code::no_sandbox;
    if (e.code == memory::errc::busy) return exit_code::provider;
    if (e.code == condition::invalid || e.code == condition::refused ||
        e.code == condition::exhausted)
        return exit_code::usage;
    if (e.code == condition::transient) return exit_code::provider;
    return exit_code::internal;
}

}  // namespace riva::cli
