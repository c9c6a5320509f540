#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace riva::test {

/// A private folder that is removed with everything in it.
class temporary_folder {
public:
    explicit temporary_folder(
        const std::filesystem::path& below = std::filesystem::temp_directory_path()
    );
    ~temporary_folder();
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    /// Writes a file below the folder, with its parent folders.
    std::filesystem::path write(std::string_view name, std::string_view content) const;

private:
    std::filesystem::path path_;
};

/// A folder in memory where there is one: for tests of what a process leaves when it dies. Nobody
/// waits for a disk, and memory outlives a process as well.
std::filesystem::path folder_in_memory();

std::string read_file(const std::filesystem::path& file);

/// Every file below `root` with its content, symbolic links as `-> target`: for byte-by-byte
/// comparison of trees.
std::map<std::string, std::string> tree_of(const std::filesystem::path& root);

}  // namespace riva::test
