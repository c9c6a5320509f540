#include "tree_changes.hpp"

#include <map>
#include <set>
#include <utility>

namespace riva {
namespace {

/// Walks two sorted lists together: `visit(a, b)` for each path, null where a side lacks it.
template <class Visit>
void for_each_path(const tree_manifest& before, const tree_manifest& after, Visit visit) {
    auto a = before.entries.begin();
    auto b = after.entries.begin();
    const auto a_end = before.entries.end();
    const auto b_end = after.entries.end();
    while (a != a_end || b != b_end) {
        if (b == b_end || (a != a_end && a->path < b->path)) visit(&*a++, nullptr);
        else if (a == a_end || b->path < a->path) visit(nullptr, &*b++);
        else visit(&*a++, &*b++);
    }
}

bool is_content(const tree_entry* e) {
    return e != nullptr && e->kind != entry_kind::folder;
}

changed_file change_of(const tree_entry* before, const tree_entry* after) {
    changed_file c;
    c.change.path = before != nullptr ? before->path : after->path;
    if (before != nullptr) c.change.before = before->hash;
    if (before != nullptr) c.mode_before = before->mode;
    if (after != nullptr) c.change.after = after->hash;
    if (after != nullptr) c.mode_after = after->mode;
    c.change.kind = before == nullptr  ? change_kind::created
                    : after == nullptr ? change_kind::deleted
                                       : change_kind::modified;
    return c;
}

bool equal(const tree_entry* a, const tree_entry* b) {
    if (a == nullptr || b == nullptr) return a == b;
    return same(*a, *b);
}

class merger {
public:
    merger(const tree_manifest& ours, const tree_manifest& theirs) : ours_(ours), theirs_(theirs) {
        for (const tree_entry& e : ours.entries) target_.emplace(e.path, &e);
    }

    void take(const tree_entry* before, const tree_entry* after) {
        const std::string& path = before != nullptr ? before->path : after->path;
        const tree_entry* here = ours_.find(path);
        if (equal(here, after)) return;
        if (equal(here, before)) {
            if (after != nullptr) target_[path] = after;
            else if (before->kind == entry_kind::folder) emptied_.insert(path);
            else target_.erase(path);
            return;
        }
        const bool folders = here != nullptr && here->kind == entry_kind::folder &&
                             (after == nullptr || after->kind == entry_kind::folder);
        if (!folders) conflicts_.insert(path);
    }

    merge_plan finish() {
        for (const auto& [path, entry] : std::map(target_)) check_parents(path);
        for (auto path = emptied_.rbegin(); path != emptied_.rend(); ++path) {
            const auto next = target_.upper_bound(*path + "/");
            if (next == target_.end() || !next->first.starts_with(*path + "/"))
                target_.erase(*path);
        }
        merge_plan plan;
        plan.conflicts.assign(conflicts_.begin(), conflicts_.end());
        std::vector<tree_entry> entries;
        entries.reserve(target_.size());
        for (const auto& [path, entry] : target_) entries.push_back(*entry);
        plan.target = tree_manifest(std::move(entries));
        return plan;
    }

private:
    /// Ours may have deleted a folder in which theirs made a file; either may have replaced one.
    void check_parents(const std::string& path) {
        for (auto end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
            const std::string parent = path.substr(0, end);
            const auto above = target_.find(parent);
            if (above == target_.end()) {
                target_.emplace(parent, theirs_.find(parent));
            } else if (above->second->kind != entry_kind::folder) {
                conflicts_.insert(path);
                return;
            }
        }
    }

    const tree_manifest& ours_;
    const tree_manifest& theirs_;
    std::map<std::string, const tree_entry*> target_;
    std::set<std::string> emptied_;
    std::set<std::string> conflicts_;
};

}  // namespace

std::vector<changed_file> changes_between(const tree_manifest& before, const tree_manifest& after) {
    std::vector<changed_file> changes;
    for_each_path(before, after, [&](const tree_entry* a, const tree_entry* b) {
        if (!is_content(a)) a = nullptr;
        if (!is_content(b)) b = nullptr;
        if (!equal(a, b)) changes.push_back(change_of(a, b));
    });
    return changes;
}

merge_plan plan_merge(
    const tree_manifest& base,
    const tree_manifest& ours,
    const tree_manifest& theirs,
    const std::function<bool(const tree_entry&)>& counts
) {
    merger merge(ours, theirs);
    for_each_path(base, theirs, [&](const tree_entry* before, const tree_entry* after) {
        if (!equal(before, after) && counts(after != nullptr ? *after : *before))
            merge.take(before, after);
    });
    return merge.finish();
}

}  // namespace riva
