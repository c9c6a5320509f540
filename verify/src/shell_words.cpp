#include "shell_words.hpp"

#include "path_risk.hpp"
#include "shell_lexer.hpp"
#include "shell_wrappers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace riva::verify {
namespace {

constexpr std::size_t most_bytes = 64 * 1024;
constexpr std::size_t most_words = 4096;
constexpr int most_depth = 8;

constexpr std::array<std::string_view, 14> before_a_command{
    "if",
    "then",
    "elif",
    "else",
    "fi",
    "while",
    "until",
    "do",
    "done",
    "!",
    "{",
    "}",
    "time",
    "coproc"
};
// What follows these is no command, or is one under a new name.
constexpr std::array<std::string_view, 4> not_followed{"case", "function", "select", "alias"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& all, std::string_view word) {
    return std::find(all.begin(), all.end(), word) != all.end();
}

bool leads_out(std::string_view path) {
    const auto where = classify_path(path);
    return where == path_class::outside || where == path_class::credential ||
           where == path_class::unknown;
}

bool is_number(std::string_view word) {
    return !word.empty() && word.find_first_not_of("0123456789") == word.npos;
}

/// The name in front of `NAME=value`; empty if the word is no assignment.
std::string_view assigned_name(const shell_token& token) {
    const std::string_view word = token.text;
    const auto equals = word.find('=');
    if (equals == word.npos || equals == 0) return {};
    const auto name = word.substr(0, equals);
    const bool valid =
        name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+"
        ) == name.npos &&
        !(name[0] >= '0' && name[0] <= '9');
    return valid ? name : std::string_view();
}

class analyser {
public:
    shell_analysis found;

    void line(std::string_view text, int depth) {
        if (depth > most_depth || text.size() > most_bytes) {
            found.too_complex = true;
            return;
        }
        const auto lexed = lex_shell(text);
        if (!lexed) {
            found.too_complex = true;
            return;
        }
        tokens(lexed->tokens, depth);
        for (const auto& inner : lexed->nested) line(inner, depth + 1);
    }

    void command(std::vector<std::string> argv, int depth) {
        words_ += argv.size();
        if (depth > most_depth || words_ > most_words) found.too_complex = true;
        if (argv.empty() || found.too_complex) return;
        auto inner = unwrap(argv);
        if (!inner || !inner->transparent) found.commands.push_back(std::move(argv));
        if (!inner) return;
        found.dynamic |= inner->unknown;
        for (auto& one : inner->commands) {
            found.dynamic |= one.front() == "{}" || one.front().starts_with('$');
            command(std::move(one), depth + 1);
        }
        for (const auto& text : inner->lines) line(text, depth + 1);
    }

private:
    void tokens(const std::vector<shell_token>& all, int depth) {
        std::vector<std::string> argv;
        int open = 0;
        for (std::size_t i = 0; i < all.size() && !found.too_complex; ++i) {
            const shell_token& token = all[i];
            if (token.kind == shell_token::kind::here_document) continue;
            if (token.kind == shell_token::kind::operation) {
                if (is_redirection(token.text)) {
                    i = redirection(all, i, argv);
                    continue;
                }
                // A parenthesis after a word defines a function.
                if (token.text == "(" && !argv.empty()) found.too_complex = true;
                open += token.text == "(" ? 1 : token.text == ")" ? -1 : 0;
                found.too_complex |= open < 0 || token.text == ";;";
                command(std::exchange(argv, {}), depth);
                continue;
            }
            if (argv.empty()) {
                i = first_word(all, i, argv);
                continue;
            }
            argv.push_back(token.text);
        }
        found.too_complex |= open != 0;
        command(std::move(argv), depth);
    }

    static bool is_redirection(std::string_view op) { return op.find_first_of("<>") != op.npos; }

    /// Returns the index of the last token that belongs to the redirection.
    std::size_t redirection(
        const std::vector<shell_token>& all, std::size_t at, std::vector<std::string>& argv
    ) {
        const std::string_view op = all[at].text;
        if (!argv.empty() && is_number(argv.back()) && op[0] != '&') argv.pop_back();
        if (at + 1 >= all.size() || all[at + 1].kind == shell_token::kind::operation) {
            found.too_complex = true;
            return at;
        }
        const shell_token& target = all[at + 1];
        // To read from elsewhere is what `cat` does.
        if ((op == "<" || op == "<>") && (target.dynamic || leads_out(target.text)))
            found.commands.push_back({"cat", target.text});
        const bool writes = op.find('>') != op.npos;
        const bool to_descriptor = op == ">&" && (is_number(target.text) || target.text == "-");
        if (writes && !to_descriptor) {
            found.dynamic |= target.dynamic;
            found.written.push_back(target.text);
        }
        return at + 1;
    }

    /// A word where a command may begin. Returns the index of the last token used.
    std::size_t first_word(
        const std::vector<shell_token>& all, std::size_t at, std::vector<std::string>& argv
    ) {
        const shell_token& token = all[at];
        if (!token.quoted && is_one_of(before_a_command, token.text)) return at;
        if (!token.quoted && is_one_of(not_followed, token.text)) found.too_complex = true;
        if (!token.quoted && token.text == "for") {
            while (at + 1 < all.size() && all[at + 1].kind == shell_token::kind::word &&
                   all[at + 1].text != "do")
                ++at;
            return at;
        }
        if (const auto name = assigned_name(token); !name.empty()) {
            found.dynamic |= steers_programs(name);
            return at;
        }
        found.dynamic |=
            token.dynamic || (token.globbed && token.text != "[" && token.text != "[[");
        argv.push_back(token.text);
        return at;
    }

    std::size_t words_ = 0;
};

}  // namespace

shell_analysis analyse_shell(std::string_view line) {
    analyser a;
    a.line(line, 0);
    return std::move(a.found);
}

shell_analysis analyse_command(const std::vector<std::string>& argv) {
    analyser a;
    a.command(argv, 0);
    return std::move(a.found);
}

}  // namespace riva::verify
