#include <riva/runtime/change_set.hpp>

#include <utility>

namespace riva {

std::vector<file_change> change_set::changes() const {
    std::vector<file_change> all;
    all.reserve(files.size());
    for (const changed_file& file : files) all.push_back(file.change);
    return all;
}

change_set reverse(change_set changes) {
    const auto opposite = [](change_kind kind) {
        if (kind == change_kind::created) return change_kind::deleted;
        return kind == change_kind::deleted ? change_kind::created : kind;
    };
    for (changed_file& file : changes.files) {
        std::swap(file.change.before, file.change.after);
        std::swap(file.mode_before, file.mode_after);
        file.change.kind = opposite(file.change.kind);
    }
    return changes;
}

}  // namespace riva
