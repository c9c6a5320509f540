#pragma once

#include "file_descriptor.hpp"
#include "object_store.hpp"
#include "tree_manifest.hpp"

#include <riva/runtime/change_set.hpp>

#include <stop_token>
#include <string>
#include <vector>

namespace riva {

/// What is at a path in the user's tree.
struct present_file {
    entry_kind kind = entry_kind::file;
    std::string hash;  ///< empty: there is nothing; of folders and special files no hash
    std::uint32_t mode = 0;
    stat_identity identity;
};

present_file look(int tree, const std::string& path, const std::stop_token& stop);

bool is_as_before(const present_file& now, const changed_file& file);
bool is_as_after(const present_file& now, const changed_file& file);

/// Next to the file. It follows from the change, so that a repeated `apply` finds what an
/// interrupted one left.
std::string temporary_name_of(const changed_file& file);

/// One file on its way into the user's tree.
class apply_step {
public:
    /// `file` must outlive the step.
    apply_step(const changed_file& file, present_file now);

    const std::string& path() const { return file_->change.path; }
    bool deletes() const { return file_->change.after.empty(); }

    /// Writes the new content next to its place.
    void prepare(int tree, const object_store& objects, const std::stop_token& stop);
    /// Puts the new file into its place, or moves the deleted one out of it. What was there stays
    /// under the temporary name.
    void commit(int tree);
    void undo(int tree) noexcept;
    /// Removes what was there before.
    void finish(int tree);

private:
    bool nothing_there() const { return now_.hash.empty(); }
    void write_temporary(int folder, const object_store& objects, const std::stop_token& stop);
    bool move(int folder, const std::string& name);
    bool holds_old_file(int folder) const;
    [[noreturn]] void fail_changed() const;
    file_descriptor parent_of(int tree) const;
    void remove_temporary(const file_descriptor& parent);

    const changed_file* file_;
    present_file now_;
    std::string temporary_;
    std::vector<std::string> made_folders_;
    bool has_temporary_ = false;
    bool committed_ = false;
};

}  // namespace riva
