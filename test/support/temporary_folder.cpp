#include "temporary_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace fs = std::filesystem;

namespace riva::test {

temporary_folder::temporary_folder(const fs::path& below) {
    std::string name = (below / "riva-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    path_ = fs::canonical(name);
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;
    for (auto it = fs::recursive_directory_iterator(path_, ignored); !ignored && it != fs::end(it);
         it.increment(ignored))
        if (it->is_directory() && !it->is_symlink())
            fs::permissions(it->path(), fs::perms::owner_all, ignored);
    fs::remove_all(path_, ignored);
}

fs::path temporary_folder::write(std::string_view name, std::string_view content) const {
    const fs::path file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream out(file, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
    return file;
}

fs::path folder_in_memory() {
    const fs::path memory = "/dev/shm";
    std::error_code missing;
    return fs::is_directory(memory, missing) ? memory : fs::temp_directory_path();
}

std::string read_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, std::string> tree_of(const fs::path& root) {
    std::map<std::string, std::string> tree;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const std::string name = entry.path().lexically_relative(root).string();
        if (entry.is_symlink())
            tree[name] = "-> " + fs::read_symlink(entry.path()).string();
        else if (entry.is_directory())
            tree[name + "/"] = "";
        else if (entry.is_regular_file())
            tree[name] = read_file(entry.path());
        else
            tree[name] = "(special)";
    }
    return tree;
}

}  // namespace riva::test
