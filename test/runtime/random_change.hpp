#pragma once

#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>
#include <riva/runtime/workspace.hpp>

#include <filesystem>
#include <map>
#include <random>
#include <string>

namespace riva::test {

/// A change set of a given size, with files that are created, edited, deleted, moved and given
/// other permissions, and a tree to write it to.
class random_change {
public:
    random_change(unsigned seed, std::size_t files);

    change_set changes;
    std::map<std::string, std::string> before;
    std::map<std::string, std::string> after;

    /// Makes the tree what it was before.
    void reset() const;
    /// No threads are left afterwards.
    result<void> apply() const { return write(changes); }
    result<void> undo() const;

    /// All files of the tree with their modes and contents; no folders.
    std::map<std::string, std::string> files() const;
    /// But for those that riva makes while it writes.
    std::map<std::string, std::string> files_without_leftovers() const {
        return without_leftovers(files());
    }
    static std::map<std::string, std::string> without_leftovers(
        std::map<std::string, std::string> tree
    );

    /// One that is edited.
    const changed_file& edited() const;
    void write(const std::string& path, std::string_view content) const;

private:
    std::filesystem::path repository() const { return folder_ / "repository"; }
    std::filesystem::path tree() const { return folder_ / "tree"; }
    std::filesystem::path objects() const { return folder_ / "run/objects"; }
    std::size_t below(std::size_t limit) { return random_() % limit; }
    std::string text();
    void change_something(const std::filesystem::path& root, std::size_t number);
    void make_changes(std::size_t count);
    result<void> write(const change_set& what) const;

    temporary_folder folder_{folder_in_memory()};
    std::mt19937 random_;
};

}  // namespace riva::test
