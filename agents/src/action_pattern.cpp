#include "action_pattern.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace riva::agents {
namespace {

using std::string_view;

bool is_word_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// The language by the ending of the name; endings that are not listed speak for themselves.
std::string language_of(string_view path) {
    static constexpr std::array<std::pair<string_view, string_view>, 14> names{{
        {"py", "python"},
        {"pyi", "python"},
        {"h", "c++"},
        {"hh", "c++"},
        {"hpp", "c++"},
        {"cc", "c++"},
        {"cpp", "c++"},
        {"cxx", "c++"},
        {"js", "javascript"},
        {"mjs", "javascript"},
        {"ts", "typescript"},
        {"rs", "rust"},
        {"md", "text"},
        {"rst", "text"},
    }};
    const string_view file = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
    const auto dot = file.rfind('.');
    const string_view ending = dot == string_view::npos ? "" : file.substr(dot + 1);
    const auto known = std::find_if(names.begin(), names.end(), [&](const auto& one) {
        return one.first == ending;
    });
    if (known != names.end()) return std::string(known->second);
    const bool plain = !ending.empty() && ending.size() <= 8 &&
                       std::all_of(ending.begin(), ending.end(), is_word_byte);
    return plain ? std::string(ending) : "other";
}

/// Whether one of the names stands in the path by itself: `test_a.py`, not `latest.py`.
bool names_any(string_view path, std::initializer_list<string_view> names) {
    for (auto begin = path.begin(); begin != path.end();) {
        begin = std::find_if(begin, path.end(), is_word_byte);
        const auto end = std::find_if_not(begin, path.end(), is_word_byte);
        const string_view word(begin, end);
        if (std::find(names.begin(), names.end(), word) != names.end()) return true;
        begin = end;
    }
    return false;
}

string_view place_of(string_view path) {
    if (names_any(path, {"test", "tests", "spec", "specs"})) return "tests";
    if (names_any(path, {"doc", "docs", "example", "examples"})) return "docs";
    return "source";
}

string_view size_of(std::size_t bytes) {
    if (bytes <= 400) return "short";
    return bytes <= 4000 ? "middling" : "long";
}

std::string describe_file(string_view path, std::size_t bytes) {
    return language_of(path) + " " + std::string(place_of(path)) + " " +
           std::string(size_of(bytes));
}

struct describe {
    std::string operator()(const create_file& a) const {
        return describe_file(a.path, a.content.size());
    }
    std::string operator()(const edit_file& a) const {
        std::size_t bytes = 0;
        for (const auto& change : a.replacements)
            bytes += std::max(change.find.size(), change.replace.size());
        return describe_file(a.path, bytes);
    }
    std::string operator()(const delete_file& a) const {
        return language_of(a.path) + " " + std::string(place_of(a.path));
    }
    std::string operator()(const run_command& a) const {
        if (a.argv.empty()) return "nothing";
        const string_view program = a.argv.front();
        return std::string(program.substr(program.rfind('/') + 1).substr(0, 32));
    }
    std::string operator()(const query&) const { return "repository"; }
};

}  // namespace

std::string pattern_of(const action& what, llm::tier by) {
    return std::string(kind_name(what)) + " " + std::visit(describe{}, what) + " " +
           std::string(llm::to_string(by));
}

}  // namespace riva::agents
