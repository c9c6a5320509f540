#include "random_tree.hpp"

#include "temporary_folder.hpp"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <vector>

namespace fs = std::filesystem;

namespace riva::test {
namespace {

const std::array<std::string, 9> names = {
    "a", "b", "c.py", "with space", "line\nbreak", "\xc3\xa9", "tab\t\"q\"", ".hidden", "z\\z"
};

std::vector<fs::path> everything_in(const fs::path& root) {
    std::vector<fs::path> all;
    for (const auto& entry : fs::recursive_directory_iterator(root)) all.push_back(entry.path());
    return all;
}

bool is_folder(const fs::path& path) {
    return fs::is_directory(fs::symlink_status(path));
}

}  // namespace

fs::path tree_mutator::some_path(bool existing) {
    const auto all = everything_in(root_);
    if (existing && !all.empty()) return all[below(all.size())];
    fs::path folder = root_;
    for (std::size_t depth = below(4); depth > 0; --depth) {
        const fs::path next = folder / names[below(names.size())];
        if (fs::exists(fs::symlink_status(next)) && !is_folder(next)) break;
        folder = next;
    }
    return folder / names[below(names.size())];
}

fs::path tree_mutator::some_file() {
    std::vector<fs::path> files;
    for (const auto& path : everything_in(root_))
        if (fs::is_regular_file(fs::symlink_status(path))) files.push_back(path);
    return files.empty() ? fs::path() : files[below(files.size())];
}

std::string tree_mutator::text() {
    std::string content;
    for (std::size_t lines = below(12); lines > 0; --lines)
        content += "line " + std::to_string(below(5)) + (below(20) == 0 ? "\r\n" : "\n");
    if (below(4) == 0) content += "no newline at the end";
    return content;
}

void tree_mutator::write(const fs::path& file, const std::string& content) {
    if (is_folder(file)) return;
    fs::create_directories(file.parent_path());
    if (!fs::is_regular_file(fs::symlink_status(file))) fs::remove(file);
    std::ofstream(file, std::ios::binary) << content;
}

void tree_mutator::edit_text(const fs::path& file) {
    std::string content = read_file(file);
    const std::size_t at = below(content.size() + 1);
    content.erase(at, below(15));
    content.insert(at, text());
    write(file, content);
}

void tree_mutator::mutate() {
    const fs::path old = some_path(true);
    const bool exists = fs::exists(fs::symlink_status(old));
    switch (below(11)) {
        case 0: write(some_path(false), text()); break;
        case 1:
            // Contents from 1 MiB on are not held in memory.
            write(
                some_path(false),
                std::string(
                    below(8) == 0 ? 1'100'000 : below(20'000), static_cast<char>(below(256))
                )
            );
            break;
        case 2:
            if (exists) fs::remove_all(old);
            break;
        case 3: {
            const fs::path folder = some_path(false);
            if (!fs::exists(fs::symlink_status(folder))) fs::create_directories(folder);
            break;
        }
        case 4: {
            const fs::path link = some_path(false);
            fs::create_directories(link.parent_path());
            if (!fs::exists(fs::symlink_status(link)))
                fs::create_symlink(names[below(names.size())], link);
            break;
        }
        case 5:
            if (exists && !fs::is_symlink(old))
                fs::permissions(old, fs::perms(below(512) | (is_folder(old) ? 0700 : 0)));
            break;
        case 6: {
            const fs::path to = some_path(false);
            std::error_code ignored;
            fs::create_directories(to.parent_path(), ignored);
            if (exists) fs::rename(old, to, ignored);
            break;
        }
        case 7: {
            // In place, same size, and the time put back: only ctime tells.
            const fs::path file = some_file();
            if (file.empty()) break;
            const auto time = fs::last_write_time(file);
            write(file, std::string(fs::file_size(file), static_cast<char>('A' + below(26))));
            fs::last_write_time(file, time);
            break;
        }
        case 8: {
            const fs::path fifo = some_path(false);
            fs::create_directories(fifo.parent_path());
            ::mkfifo(fifo.c_str(), 0600);
            break;
        }
        case 9: {
            const fs::path file = some_file();
            const fs::path name = some_path(false);
            std::error_code ignored;
            fs::create_directories(name.parent_path(), ignored);
            if (!file.empty()) fs::create_hard_link(file, name, ignored);
            break;
        }
        default:
            if (exists && !is_folder(old)) {
                // A folder in the place of a file.
                fs::remove(old);
                write(old / names[below(names.size())], text());
            }
    }
}

void tree_mutator::mutate_text() {
    const fs::path file = some_file();
    switch (below(5)) {
        case 0: write(some_path(false), text()); break;
        case 1:
            if (!file.empty()) fs::remove(file);
            break;
        case 2:
            if (!file.empty()) fs::permissions(file, fs::perms(below(2) == 0 ? 0644 : 0755));
            break;
        default:
            if (!file.empty()) edit_text(file);
    }
}

void remove_fifos(const fs::path& root) {
    for (const auto& path : everything_in(root))
        if (fs::is_fifo(fs::symlink_status(path))) fs::remove(path);
}

}  // namespace riva::test
