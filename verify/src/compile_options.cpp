#include "compile_options.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& all) {
    return std::ranges::find(all, word) != all.end();
}

template <std::size_t N>
bool starts_with_one_of(std::string_view word, const std::array<std::string_view, N>& all) {
    return std::ranges::any_of(all, [word](auto begin) { return word.starts_with(begin); });
}

/// `/usr/bin/g++-12` is `g++-12`; empty for what is no compiler.
std::string compiler_in(const std::string& word) {
    static constexpr std::array known{"gcc"sv, "g++"sv, "cc"sv, "c++"sv, "clang"sv, "clang++"sv};
    std::string name = fs::path(word).filename().string();
    const std::size_t end = name.find_last_not_of("0123456789.") + 1;
    const bool versioned = end < name.size() && end > 1 && name[end - 1] == '-';
    const std::string base = versioned ? name.substr(0, end - 1) : name;
    return is_one_of(base, known) ? name : std::string();
}

bool is_launcher(const std::string& word) {
    static constexpr std::array known{"ccache"sv, "sccache"sv, "distcc"sv};
    return is_one_of(fs::path(word).filename().string(), known);
}

/// Options whose value is a path that a front end looks into.
constexpr std::array path_options{"-isystem"sv, "-iquote"sv, "-idirafter"sv, "-include"sv, "-I"sv};

/// Options that a front end need not know: warnings, optimisation, debugging, output, linking.
bool is_irrelevant(std::string_view word) {
    static constexpr std::array beginnings{
        "-W"sv,
        "-O"sv,
        "-g"sv,
        "-M"sv,
        "-l"sv,
        "-L"sv,
        "-fPI"sv,
        "-fpi"sv,
        "-fdiagnostics"sv,
        "-fcolor"sv,
        "-fvisibility"sv,
        "-fstack"sv,
        "-fcf-"sv,
        "-flto"sv,
        "-fno-omit"sv,
        "-fomit"sv,
        "-fdata-s"sv,
        "-ffunction-s"sv,
        "-fsanitize"sv,
        "-fprofile"sv,
        "-fno-plt"sv,
        "-fno-semantic"sv,
        "-ffile-prefix"sv,
        "-fdebug-prefix"sv,
    };
    static constexpr std::array whole{
        "-c"sv, "-w"sv, "-s"sv, "-pipe"sv, "-pthread"sv, "-rdynamic"sv
    };
    return is_one_of(word, whole) || starts_with_one_of(word, beginnings);
}

bool takes_a_value(std::string_view word) {
    static constexpr std::array known{
        "-o"sv,
        "-MF"sv,
        "-MT"sv,
        "-MQ"sv,
        "-x"sv,
        "-Xclang"sv,
        "-Xpreprocessor"sv,
        "-target"sv,
        "-arch"sv,
        "-isysroot"sv,
        "--sysroot"sv,
        "-imacros"sv,
        "-iprefix"sv,
        "-D"sv,
        "-U"sv
    };
    return is_one_of(word, known) || is_one_of(word, path_options);
}

bool is_definition(std::string_view value) {
    const char first = value.empty() ? '\0' : value[0];
    return first == '_' || (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
}

bool is_standard(std::string_view word) {
    constexpr std::string_view begin = "-std=";
    return word.starts_with(begin) &&
           word.substr(begin.size()).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+:") ==
               std::string_view::npos;
}

/// Where a path of the build leads here. Begins with `/` or `./`, so that nothing takes it for an
/// option.
std::string moved(const fs::path& path, const fs::path& directory, const fs::path& tree) {
    const fs::path whole = (directory / path).lexically_normal();
    const fs::path inside = whole.lexically_relative(tree);
    if (inside.empty() || *inside.begin() == "..") return whole.string();
    return "./" + inside.string();
}

struct option {
    const std::string& word;
    bool apart;         ///< whether its value is the next word
    std::string value;  ///< then
};

std::string path_argument(
    std::string_view name, const option& o, const fs::path& directory, const fs::path& tree
) {
    const std::string value = o.apart ? o.value : o.word.substr(name.size());
    // A forced header without a folder is looked up like any other.
    const bool plain = name == "-include" && value.find('/') == std::string::npos;
    const bool as_it_is = plain && !value.empty() && !value.starts_with('-');
    return std::string(name) + (as_it_is ? value : moved(value, directory, tree));
}

void take(
    compile_command& found, const option& o, const fs::path& directory, const fs::path& tree
) {
    const std::string& word = o.word;
    const auto path = std::ranges::find_if(path_options, [&](auto name) {
        return word.starts_with(name) && word != "-include-pch";
    });
    const bool loose =
        word.starts_with('@') || (word.starts_with('-') && word != "-o" && !is_irrelevant(word));
    if (path != path_options.end()) {
        found.arguments.push_back(path_argument(*path, o, directory, tree));
    } else if (word.starts_with("-D") || word.starts_with("-U")) {
        const std::string value = o.apart ? o.value : word.substr(2);
        if (is_definition(value)) found.arguments.push_back(word.substr(0, 2) + value);
    } else if (is_standard(word)) {
        found.arguments.push_back(word);
    } else if (loose) {
        found.left_out.push_back(o.apart ? word + " " + o.value : word);
    }
}

}  // namespace

std::optional<compile_command> front_end_options(
    const std::vector<std::string>& words, const fs::path& directory, const fs::path& tree
) {
    std::size_t i = !words.empty() && is_launcher(words[0]) ? 1 : 0;
    compile_command found;
    if (i < words.size()) found.compiler = compiler_in(words[i++]);
    if (found.compiler.empty()) return std::nullopt;
    for (; i < words.size(); ++i) {
        option o{words[i], takes_a_value(words[i]), ""};
        if (o.apart && i + 1 < words.size()) o.value = words[++i];
        take(found, o, directory, tree);
    }
    return found;
}

}  // namespace riva::verify
