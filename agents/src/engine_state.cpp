#include "engine_state.hpp"

#include <riva/memory/sqlite_journal.hpp>

#include <utility>

namespace riva::agents {

namespace fs = std::filesystem;

result<void> make_private_folder(const fs::path& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (!failed) fs::permissions(folder, fs::perms::owner_all, failed);
    if (failed)
        return error{
            riva::errc::io_failed,
            "The state folder " + folder.string() + " cannot be used: " + failed.message() + "."
        };
    return {};
}

result<riva::journal*> engine::state::journal() {
    const std::lock_guard guard(opening);
    if (parts.journal != nullptr) return parts.journal;
    if (!own_journal) {
        const auto folder = make_private_folder(options.state_folder);
        if (!folder) return folder.error();
        auto opened = memory::sqlite_journal::open(options.state_folder / "riva.db");
        if (!opened) return opened.error();
        own_journal = std::move(*opened);
    }
    return own_journal.get();
}

riva::sandbox* engine::state::sandbox(isolation kind) {
    const std::lock_guard guard(opening);
    if (parts.sandbox != nullptr) return parts.sandbox;
    auto& own = own_sandboxes[kind];
    if (!own) own = kind == isolation::off ? make_open_sandbox() : make_bubblewrap_sandbox();
    return own.get();
}

/// What all runs of the engine share.
void engine::state::lend_parts(run_context& run) {
    run.blocking = parts.blocking;
    run.isolated = sandbox(run.options.sandbox);
    run.decide = parts.checkpoint;
    run.record_of_tiers = parts.tiers;
    run.verdicts = &verdicts;
    // A host that keeps the journal elsewhere has no database of riva's.
    if (parts.journal != nullptr) return;
    run.kept_checks = &checks;
    run.patterns = &patterns;
    if (run.options.memory) run.project = &project;
}

}  // namespace riva::agents
