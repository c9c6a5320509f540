#include <riva/memory/project_memory.hpp>

#include "database.hpp"
#include "entry_changes.hpp"
#include "entry_index.hpp"
#include "watch_rows.hpp"

#include <riva/memory/error.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace riva::memory {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::int64_t most_watches = 32;

using transaction = std::function<void(SQLite::Database&)>;

error no_entry(std::int64_t id, const std::string& project) {
    return {
        errc::unknown_entry,
        "There is no entry " + std::to_string(id) + " for " + project + "; riva memory lists them."
    };
}

project_entry entry_of(
    SQLite::Database& in,
    const std::optional<stored_project>& project,
    std::int64_t id,
    const std::string& path
) {
    auto found = project ? load_entry(in, *project, id) : std::nullopt;
    if (!found) throw exception(no_entry(id, path));
    load_evidence(in, *found);
    return *std::move(found);
}

}  // namespace

struct project_memory::state {
    std::mutex turn;
    std::unique_ptr<database> store;

    /// Runs one transaction. What it throws undoes it.
    result<void> run(bool writes, const std::string& project, const transaction& work) {
        const std::lock_guard lock(turn);
        try {
            return writes ? store->write(work) : store->read(work);
        } catch (const exception& e) {
            if (e.reason().code != errc::corrupt) return e.reason();
            return error{
                errc::corrupt,
                "What is remembered of " + project + " in " + store->file().string() +
                    " is damaged: " + e.reason().context +
                    "; restore the file from a copy, or set memory to off."
            };
        }
    }
};

project_memory::project_memory(std::unique_ptr<state> s) : state_(std::move(s)) {}

project_memory::~project_memory() = default;

result<std::unique_ptr<project_memory>> project_memory::open(const std::filesystem::path& file) {
    auto store = database::open(file, patience);
    if (!store) return store.error();
    auto s = std::make_unique<state>();
    s->store = std::move(*store);
    return std::unique_ptr<project_memory>(new project_memory(std::move(s)));
}

result<project_entry> project_memory::add(
    const std::string& project, const new_entry& what, memory_time now
) {
    auto kept = add_all(project, {what}, now);
    if (!kept) return kept.error();
    return std::move(kept->front());
}

result<std::vector<project_entry>> project_memory::add_all(
    const std::string& project, const std::vector<new_entry>& what, memory_time now
) {
    for (const auto& one : what)
        if (const auto sensible = check_entry(one); !sensible) return sensible.error();
    std::vector<project_entry> kept;
    const auto ended = state_->run(true, project, [&](SQLite::Database& in) {
        auto known = find_or_add_project(in, project);
        for (const auto& one : what) kept.push_back(remember(in, known, one, now));
    });
    if (!ended) return ended.error();
    return kept;
}

result<std::vector<project_entry>> project_memory::list(
    const std::string& project, std::optional<entry_kind> kind, bool with_revoked
) {
    std::vector<project_entry> all;
    const auto ended = state_->run(false, project, [&](SQLite::Database& in) {
        const auto known = find_project(in, project);
        if (!known) return;
        for (auto& row : load_entries(in, *known)) {
            if ((kind && row.kind != *kind) || (row.revoked && !with_revoked)) continue;
            load_evidence(in, row);
            all.push_back(std::move(row));
        }
    });
    if (!ended) return ended.error();
    return all;
}

result<project_entry> project_memory::forget(const std::string& project, std::int64_t id) {
    project_entry forgotten;
    const auto ended = state_->run(true, project, [&](SQLite::Database& in) {
        const auto known = find_project(in, project);
        auto row = entry_of(in, known, id, project);
        row.revoked = true;
        update_entry(in, row);
        unindex_entry(in, id);
        forgotten = std::move(row);
    });
    if (!ended) return ended.error();
    return forgotten;
}

result<project_entry> project_memory::erase(const std::string& project, std::int64_t id) {
    project_entry erased;
    const auto ended = state_->run(true, project, [&](SQLite::Database& in) {
        auto known = find_project(in, project);
        erased = entry_of(in, known, id, project);
        unindex_entry(in, id);
        delete_entry(in, *known, id);
    });
    if (!ended) return ended.error();
    return erased;
}

result<std::vector<project_entry>> project_memory::recall(
    const std::string& project, const recall_query& about
) {
    std::vector<project_entry> found;
    const auto ended = state_->run(false, project, [&](SQLite::Database& in) {
        if (const auto known = find_project(in, project)) found = search(in, *known, about);
    });
    if (!ended) return ended.error();
    return found;
}

result<void> project_memory::mark_used(
    const std::string& project, const std::vector<std::int64_t>& ids, memory_time now
) {
    if (ids.empty()) return {};
    return state_->run(true, project, [&](SQLite::Database& in) {
        const auto known = find_project(in, project);
        if (!known) return;
        for (const auto id : ids) {
            auto row = load_entry(in, *known, id);
            if (!row) continue;
            row->used = now;
            update_entry(in, *row);
        }
    });
}

result<void> project_memory::watch(
    const std::string& project, const watched_change& what, memory_time now
) {
    return state_->run(true, project, [&](SQLite::Database& in) {
        const auto known = find_or_add_project(in, project);
        delete_watch(in, known, what.run);
        for (const auto& file : what.files) end_watches(in, known, file.path);
        if (!what.files.empty()) insert_watch(in, known, what, now);
        drop_old_watches(in, known, most_watches);
    });
}

result<std::vector<watched_change>> project_memory::watched(const std::string& project) {
    std::vector<watched_change> all;
    const auto ended = state_->run(false, project, [&](SQLite::Database& in) {
        if (const auto known = find_project(in, project)) all = load_watches(in, *known);
    });
    if (!ended) return ended.error();
    return all;
}

result<std::vector<project_entry>> project_memory::conclude(
    const std::string& project, const watch_finding& what, memory_time now
) {
    for (const auto& entry : what.learnt)
        if (const auto sensible = check_entry(entry); !sensible) return sensible.error();
    std::vector<project_entry> kept;
    const auto ended = state_->run(true, project, [&](SQLite::Database& in) {
        auto known = find_project(in, project);
        bool ours = known && !what.files.empty();
        for (const auto& path : what.files) ours = ours && end_watch(in, *known, what.watch, path);
        if (!ours) return;
        for (const auto& entry : what.learnt) {
            kept.push_back(remember(in, *known, entry, now));
            if (auto pattern = remember_pattern(in, *known, kept.back(), entry, now))
                kept.push_back(*std::move(pattern));
        }
    });
    if (!ended) return ended.error();
    return kept;
}

const std::filesystem::path& project_memory::file() const {
    return state_->store->file();
}

}  // namespace riva::memory
