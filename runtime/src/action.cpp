#include <riva/runtime/action.hpp>

#include <array>
#include <cstdio>

namespace riva {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    std::array<char, 8> code{};
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
            out += c;
            continue;
        }
        std::snprintf(code.data(), code.size(), "\\x%02x", static_cast<unsigned char>(c));
        out += c == '\n' ? "\\n" : code.data();
    }
    return out;
}

std::string command_line(const run_command& a) {
    if (a.argv.size() == 3 && a.argv[0] == "sh" && a.argv[1] == "-c") return a.argv[2];
    std::string line;
    for (const auto& word : a.argv) line += (line.empty() ? "" : " ") + word;
    return line;
}

}  // namespace

std::string_view kind_name(const action& a) {
    static constexpr std::string_view names[] = {"create", "edit", "delete", "command", "query"};
    return names[a.index()];
}

std::string_view target(const action& a) {
    if (const auto* run = std::get_if<run_command>(&a)) return run->cwd;
    if (const auto* ask = std::get_if<query>(&a)) return ask->path;
    if (const auto* create = std::get_if<create_file>(&a)) return create->path;
    if (const auto* edit = std::get_if<edit_file>(&a)) return edit->path;
    return std::get<delete_file>(a).path;
}

std::string summary(const action& a) {
    if (const auto* run = std::get_if<run_command>(&a))
        return "command: " + escaped(command_line(*run));
    if (const auto* ask = std::get_if<query>(&a)) {
        std::string text = std::string(to_string(ask->kind));
        if (!ask->pattern.empty()) text += " '" + escaped(ask->pattern) + "'";
        return text + (ask->path.empty() ? "" : " " + escaped(ask->path));
    }
    return std::string(kind_name(a)) + " " + escaped(target(a));
}

std::string_view to_string(query_kind kind) {
    switch (kind) {
        case query_kind::read: return "read";
        case query_kind::search: return "search";
        case query_kind::list: return "list";
    }
    return "list";
}

}  // namespace riva
