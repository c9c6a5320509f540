#pragma once

#include <filesystem>
#include <random>
#include <string>

namespace riva::test {

/// Random changes to a tree, as a command could make them.
class tree_mutator {
public:
    tree_mutator(std::filesystem::path root, unsigned seed)
        : root_(std::move(root)), random_(seed) {}

    void mutate();

    /// Only changes that git can express: no empty folders, links or special permissions; text.
    void mutate_text();

    /// A few lines out of few, so that diffs find much in common.
    std::string text();

private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    std::filesystem::path some_path(bool existing);
    std::filesystem::path some_file();
    void write(const std::filesystem::path& file, const std::string& content);
    void edit_text(const std::filesystem::path& file);

    std::filesystem::path root_;
    std::mt19937 random_;
};

/// What remains can be copied by `std::filesystem::copy`.
void remove_fifos(const std::filesystem::path& root);

}  // namespace riva::test
