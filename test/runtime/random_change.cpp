#include "random_change.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

namespace riva::test {

namespace fs = std::filesystem;

namespace {

void write_file(const fs::path& file, std::string_view content) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
}

std::map<std::string, std::string> files_of(const fs::path& root) {
    auto all = tree_with_modes(root);
    std::erase_if(all, [](const auto& e) { return e.first.ends_with('/'); });
    return all;
}

void copy_tree(const fs::path& from, const fs::path& to) {
    fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

}  // namespace

random_change::random_change(unsigned seed, std::size_t files) : random_(seed) {
    // Twice as many files as change, in a few folders; the first one is always edited.
    for (std::size_t n = 0; n < 2 * files; ++n)
        write_file(
            repository() / ("d" + std::to_string(n % 5)) / ("f" + std::to_string(n)), text()
        );
    make_changes(files);
    before = files_of(repository());
    reset();
}

std::string random_change::text() {
    return std::string(1 + below(300), static_cast<char>('a' + below(26))) +
           std::to_string(random_()) + "\n";
}

void random_change::change_something(const fs::path& root, std::size_t number) {
    const std::string name = "f" + std::to_string(number);
    const fs::path file = root / ("d" + std::to_string(number % 5)) / name;
    switch (number == 0 ? 0 : below(6)) {
        case 0: return write_file(file, text());
        case 1: return write_file(root / "new" / std::to_string(number % 3) / name, text());
        case 2: fs::remove(file); return;
        case 3: fs::rename(file, root / (name + ".moved")); return;
        case 4: fs::permissions(file, fs::perms(0755)); return;
        default:
            fs::remove(file);
            // A folder, or a link, in the place of a file.
            if (below(2) == 0) return write_file(file / "inside", text());
            fs::create_symlink("f" + std::to_string(number + 1), file);
    }
}

void random_change::make_changes(std::size_t count) {
    asio::thread_pool pool(1);
    run([&]() -> asio::awaitable<void> {
        auto staged = co_await workspace::stage(repository(), folder_ / "run", pool.get_executor());
        workspace w = std::move(staged).value();
        for (std::size_t n = 0; n < count; ++n) change_something(w.root(), n);
        auto made = co_await w.changes();
        changes = std::move(made).value();
        after = files_of(w.root());
    });
    pool.join();
}

void random_change::reset() const {
    fs::remove_all(tree());
    copy_tree(repository(), tree());
}

result<void> random_change::write(const change_set& what) const {
    asio::thread_pool pool(1);
    result<void> outcome;
    run([&]() -> asio::awaitable<void> {
        outcome = co_await riva::apply(what, objects(), tree(), pool.get_executor());
    });
    pool.join();
    return outcome;
}

result<void> random_change::undo() const {
    return write(reverse(changes));
}

std::map<std::string, std::string> random_change::files() const {
    return files_of(tree());
}

std::map<std::string, std::string> random_change::without_leftovers(
    std::map<std::string, std::string> tree
) {
    std::erase_if(tree, [](const auto& e) { return e.first.find(".riva-") != std::string::npos; });
    return tree;
}

const changed_file& random_change::edited() const {
    return *std::ranges::find_if(changes.files, [](const changed_file& file) {
        return file.change.path == "d0/f0";
    });
}

void random_change::write(const std::string& path, std::string_view content) const {
    write_file(tree() / path, content);
}

}  // namespace riva::test
