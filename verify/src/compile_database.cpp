#include "compile_database.hpp"

#include "compile_options.hpp"
#include "regular_file.hpp"
#include "shell_lexer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t largest = 16 * 1024 * 1024;

std::string text(const json::object& in, std::string_view key) {
    const auto* value = in.if_contains(key);
    const auto* string = value != nullptr ? value->if_string() : nullptr;
    return string != nullptr ? std::string(*string) : std::string();
}

std::vector<std::string> words_of_line(const std::string& line) {
    const auto lexed = lex_shell(line);
    if (!lexed || !lexed->nested.empty()) return {};
    std::vector<std::string> words;
    for (const shell_token& token : lexed->tokens) {
        if (token.kind != shell_token::kind::word || token.dynamic) return {};
        words.push_back(token.text);
    }
    return words;
}

std::vector<std::string> words_of(const json::object& in) {
    const auto* listed = in.if_contains("arguments");
    const auto* array = listed != nullptr ? listed->if_array() : nullptr;
    if (array == nullptr) return words_of_line(text(in, "command"));
    std::vector<std::string> words;
    for (const json::value& word : *array)
        if (const auto* string = word.if_string()) words.emplace_back(*string);
    return words;
}

/// What stands before `file` in `path`, if it ends with it.
std::optional<fs::path> tree_of(const fs::path& path, const std::string& file) {
    const std::string& all = path.native();
    if (!all.ends_with("/" + file)) return std::nullopt;
    return fs::path(all.substr(0, all.size() - file.size() - 1));
}

}  // namespace

std::optional<compile_database> compile_database::read(const fs::path& root) {
    auto content = read_regular_file(root / "compile_commands.json", largest);
    if (!content) content = read_regular_file(root / "build/compile_commands.json", largest);
    if (!content) return std::nullopt;
    boost::system::error_code failed;
    const json::value document = json::parse(*content, failed);
    const json::array* all = failed ? nullptr : document.if_array();
    if (all == nullptr) return std::nullopt;

    compile_database database;
    for (const json::value& each : *all) {
        const json::object* in = each.if_object();
        if (in == nullptr) continue;
        entry e{text(*in, "directory"), text(*in, "file"), words_of(*in)};
        if (e.directory.is_relative()) e.directory = root / e.directory;
        e.file = (e.directory / e.file).lexically_normal();
        if (!e.words.empty()) database.entries_.push_back(std::move(e));
    }
    return database;
}

std::optional<compile_command> compile_database::command_for(const std::string& file) const {
    const entry* best = nullptr;
    fs::path tree;
    for (const entry& e : entries_) {
        const auto its = tree_of(e.file, file);
        // Of two trees that could be meant, the inner one has a file of the same name.
        if (!its || (best != nullptr && its->native().size() >= tree.native().size())) continue;
        best = &e;
        tree = *its;
    }
    if (best == nullptr) return std::nullopt;
    return front_end_options(best->words, best->directory, tree);
}

}  // namespace riva::verify
