#include "tree_changes.hpp"

#include <iterator>
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
        if (b == b_end || (a != a_end && a->path < b->path))
            visit(&*a++, nullptr);
        else if (a == a_end || b->path < a->path)
            visit(nullptr, &*b++);
        else
            visit(&*a++, &*b++);
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
            if (after != nullptr)
                target_[path] = after;
            else if (before->kind == entry_kind::folder)
                emptied_.insert(path);
            else
                target_.erase(path);
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

class delivery {
public:
    delivery(const tree_manifest& base, const tree_manifest& now) : now_(now) {
        for (const tree_entry& e : base.entries) target_.emplace(e.path, &e);
    }

    void take(const tree_entry* before, const tree_entry* after) {
        if (after != nullptr) {
            target_[after->path] = after;
            made_.push_back(after->path);
        } else {
            target_.erase(before->path);
            deleted_.push_back(before->path);
        }
    }

    merge_plan finish() {
        merge_plan plan;
        for (const std::string& path : deleted_) remove_emptied(path);
        for (const std::string& path : made_) remove_folders_below(path);
        for (const std::string& path : made_)
            if (!make_parents(path) || has_below(path)) plan.conflicts.push_back(path);
        std::vector<tree_entry> entries;
        entries.reserve(target_.size());
        for (const auto& [path, entry] : target_) entries.push_back(*entry);
        plan.target = tree_manifest(std::move(entries));
        return plan;
    }

private:
    bool has_below(const std::string& path) const {
        const auto next = target_.lower_bound(path + "/");
        return next != target_.end() && next->first.starts_with(path + "/");
    }

    void remove_emptied(const std::string& path) {
        for (auto end = path.rfind('/'); end != std::string::npos && end != 0;
             end = path.rfind('/', end - 1)) {
            const auto parent = target_.find(path.substr(0, end));
            if (parent == target_.end()) continue;
            if (parent->second->kind != entry_kind::folder || has_below(parent->first)) return;
            target_.erase(parent);
        }
    }

    /// Folders without files make room for a file in the place of the folder above them.
    void remove_folders_below(const std::string& path) {
        auto below = target_.lower_bound(path + "/");
        while (below != target_.end() && below->first.starts_with(path + "/"))
            below =
                below->second->kind == entry_kind::folder ? target_.erase(below) : std::next(below);
    }

    /// Returns false when a file is in the way.
    bool make_parents(const std::string& path) {
        for (auto end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1)) {
            const std::string parent = path.substr(0, end);
            const auto above = target_.find(parent);
            if (above == target_.end())
                target_.emplace(parent, now_.find(parent));
            else if (above->second->kind != entry_kind::folder)
                return false;
        }
        return true;
    }

    const tree_manifest& now_;
    std::map<std::string, const tree_entry*> target_;
    std::vector<std::string> made_;
    std::vector<std::string> deleted_;
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

std::set<std::string> contents_of(const change_set& changes) {
    std::set<std::string> hashes;
    for (const changed_file& file : changes.files)
        for (const auto& hash : {file.change.before, file.change.after})
            if (!hash.empty()) hashes.insert(hash);
    return hashes;
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

merge_plan plan_delivery(
    const tree_manifest& base,
    const tree_manifest& now,
    const std::function<bool(const tree_entry&)>& counts
) {
    delivery deliver(base, now);
    for_each_path(base, now, [&](const tree_entry* before, const tree_entry* after) {
        if (!is_content(before)) before = nullptr;
        if (!is_content(after)) after = nullptr;
        if (!equal(before, after) && counts(after != nullptr ? *after : *before))
            deliver.take(before, after);
    });
    return deliver.finish();
}

}  // namespace riva
