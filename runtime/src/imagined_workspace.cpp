#include "workspace_state.hpp"

#include <riva/runtime/workspace.hpp>

#include <map>
#include <utility>

namespace riva {

/// Everything that touches the disk is replaced by what is known.
struct workspace::imagined_state final : workspace::state {
    explicit imagined_state(asio::any_io_executor blocking) : state(std::move(blocking)) {
        rules = std::make_shared<const ignore_rules>();
    }

    std::unique_ptr<state> fork(std::filesystem::path, const std::stop_token&) override {
        auto child = std::make_unique<imagined_state>(pool);
        child->known = known;
        child->base = child->recorded();
        child->protected_paths = protected_paths;
        return child;
    }

    const tree_manifest& scan(const std::stop_token&) override { return known; }

    void change(const std::vector<file_change>& changes) {
        std::map<std::string, tree_entry> entries;
        for (auto& e : known.entries) entries.emplace(e.path, std::move(e));
        for (const file_change& one : changes) {
            written.insert(one.path);
            if (one.after.empty()) {
                entries.erase(one.path);
                continue;
            }
            add_folders_above(one.path, entries);
            tree_entry& e = entries[one.path];
            e.path = one.path;
            e.kind = entry_kind::file;
            if (e.hash.empty()) e.mode = 0644;
            if (one.before == one.after) e.mode ^= 0111;
            e.hash = one.after;
        }
        std::vector<tree_entry> sorted;
        sorted.reserve(entries.size());
        for (auto& [path, e] : entries) sorted.push_back(std::move(e));
        known = tree_manifest(std::move(sorted));
    }

protected:
    void become(const tree_manifest& target, const std::stop_token&) override { known = target; }

private:
    static void add_folders_above(
        const std::string& path, std::map<std::string, tree_entry>& entries
    ) {
        for (auto end = path.find('/'); end != path.npos; end = path.find('/', end + 1)) {
            tree_entry above;
            above.path = path.substr(0, end);
            above.kind = entry_kind::folder;
            above.mode = 0755;
            entries.emplace(above.path, above);
        }
    }
};

workspace workspace::imagine(std::vector<file_change> base, asio::any_io_executor blocking) {
    auto made = std::make_unique<imagined_state>(std::move(blocking));
    for (auto& file : base) file.after = std::exchange(file.before, {});
    made->change(base);
    made->written.clear();
    made->base = made->recorded();
    return workspace(std::move(made));
}

void workspace::take_over(const std::vector<file_change>& changes) {
    static_cast<imagined_state&>(*state_).change(changes);
}

}  // namespace riva
