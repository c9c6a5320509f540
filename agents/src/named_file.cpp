#include "named_file.hpp"

#include <filesystem>
#include <string>

namespace riva::agents {

repository_facts::const_iterator find_file(const repository_facts& files, std::string_view word) {
    const auto exact = files.find(std::string(word));
    if (exact != files.end()) return exact;
    const std::string tail = "/" + std::string(word);
    auto only = files.end();
    for (auto it = files.begin(); it != files.end(); ++it) {
        if (!it->first.ends_with(tail)) continue;
        if (only != files.end()) return files.end();
        only = it;
    }
    return only;
}

bool names_file(std::string_view word, const repository_facts& files) {
    return std::filesystem::path(word).has_extension() || find_file(files, word) != files.end();
}

}  // namespace riva::agents
