#include "shell_lexer.hpp"

#include <algorithm>
#include <array>

namespace riva::verify {
namespace {

// Longest first, so that the first match is the right one.
constexpr std::array<std::string_view, 24> operators{
    "&>>", "<<<", "<<-", ";;&", "&&", "||", ";;", ";&", "|&", "&>", ">>", ">|",
    ">&",  "<<",  "<&",  "<>",  "\n", "|",  "&",  ";",  "(",  ")",  "<",  ">",
};

/// Where an operator begins.
bool begins_operator(char c) {
    switch (c) {
        case '\n':
        case '|':
        case '&':
        case ';':
        case '(':
        case ')':
        case '<':
        case '>': return true;
        default: return false;
    }
}

/// Ends a word that is not quoted.
bool ends_word(char c) {
    return c == ' ' || c == '\t' || c == '\r' || begins_operator(c);
}

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Means itself wherever it stands in a word.
bool is_plain(char c) {
    return is_name(c) || c == '/' || c == '-' || c == ':' || c == '=';
}

class lexer {
public:
    explicit lexer(std::string_view line) : line_(line) {
        out_.tokens.reserve(std::min<std::size_t>(line.size() / 4, 64));
    }

    std::optional<shell_tokens> run() {
        while (at_ < line_.size() && !failed_) next();
        if (failed_ || !waiting_.empty()) return std::nullopt;
        return std::move(out_);
    }

private:
    struct here_document {
        std::string delimiter;
        bool literal;
        bool strips_tabs;
    };

    char peek(std::size_t ahead = 0) const {
        return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0';
    }

    void next() {
        const char c = line_[at_];
        if (c == ' ' || c == '\t') {
            ++at_;
        } else if (c == '\\' && peek(1) == '\n') {
            at_ += 2;
        } else if (c == '#') {
            at_ = std::min(line_.find('\n', at_), line_.size());
        } else if (c == '\0' || c == '\r') {  // where a line ends is not clear
            failed_ = true;
        } else if ((c == '<' || c == '>') && peek(1) == '(') {
            word();
        } else if (!operation()) {
            word();
        }
    }

    bool operation() {
        if (!begins_operator(line_[at_])) return false;
        for (const auto op : operators) {
            if (!line_.substr(at_).starts_with(op)) continue;
            at_ += op.size();
            out_.tokens.push_back({shell_token::kind::operation, std::string(op)});
            if (op == "<<" || op == "<<-") here_document_word(op == "<<-");
            if (op == "\n") skip_here_documents();
            return true;
        }
        return false;
    }

    void here_document_word(bool strips_tabs) {
        while (peek() == ' ' || peek() == '\t') ++at_;
        if (at_ >= line_.size()) {
            failed_ = true;
            return;
        }
        word();
        if (failed_) return;
        auto& token = out_.tokens.back();
        token.kind = shell_token::kind::here_document;
        waiting_.push_back({token.text, token.quoted, strips_tabs});
    }

    void skip_here_documents() {
        for (const auto& document : waiting_) {
            bool closed = false;
            while (at_ < line_.size() && !closed) {
                const std::size_t end = std::min(line_.find('\n', at_), line_.size());
                std::string_view text = line_.substr(at_, end - at_);
                at_ = std::min(end + 1, line_.size());
                if (document.strips_tabs)
                    text.remove_prefix(std::min(text.find_first_not_of('\t'), text.size()));
                closed = text == document.delimiter;
                // What an expansion in the text would run is not followed.
                if (!closed && !document.literal && text.find_first_of("$`") != text.npos)
                    failed_ = true;
            }
            if (!closed) failed_ = true;
        }
        waiting_.clear();
    }

    void word() {
        shell_token token;
        bool in_braces = false;
        while (at_ < line_.size() && !failed_) {
            const char c = line_[at_];
            if (is_plain(c)) {
                plain(token);
            } else if (c == '\'') {
                single_quoted(token);
            } else if (c == '"') {
                double_quoted(token);
            } else if (c == '\\') {
                if (peek(1) != '\n') token.text += peek(1);
                token.quoted = true;
                at_ += 2;
                failed_ = at_ > line_.size();
            } else if (c == '$') {
                dollar(token);
            } else if (c == '`') {
                backquoted(token);
            } else if ((c == '<' || c == '>') && peek(1) == '(' && token.text.empty()) {
                // The process is read from, or written to, by a descriptor.
                ++at_;
                substitution(token);
                token.text = "/dev/fd/63";
            } else if (ends_word(c)) {
                break;
            } else {
                in_braces = (in_braces || c == '{') && c != '}';
                // What a list in braces becomes is not followed.
                failed_ = c == '\0' || (in_braces && (c == ',' || (c == '.' && peek(1) == '.')));
                token.globbed |= c == '*' || c == '?' || c == '[';
                token.text += c;
                ++at_;
            }
        }
        out_.tokens.push_back(std::move(token));
    }

    void plain(shell_token& token) {
        const std::size_t start = at_;
        while (at_ < line_.size() && is_plain(line_[at_])) ++at_;
        token.text += line_.substr(start, at_ - start);
    }

    void single_quoted(shell_token& token) {
        const std::size_t end = line_.find('\'', at_ + 1);
        failed_ = end == std::string_view::npos;
        if (failed_) return;
        token.quoted = true;
        token.text += line_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
    }

    void double_quoted(shell_token& token) {
        token.quoted = true;
        ++at_;
        while (at_ < line_.size() && !failed_) {
            const char c = line_[at_];
            if (c == '"') {
                ++at_;
                return;
            }
            if (c == '$') {
                dollar(token);
            } else if (c == '`') {
                backquoted(token);
            } else if (c == '\\' &&
                       std::string_view("$`\"\\\n").find(peek(1)) != std::string_view::npos) {
                if (peek(1) != '\n') token.text += peek(1);
                at_ += 2;
            } else {
                token.text += c;
                ++at_;
            }
        }
        failed_ = true;
    }

    void dollar(shell_token& token) {
        const char c = peek(1);
        if (c == '\'') {  // its escapes could spell anything
            failed_ = true;
        } else if (c == '(') {
            ++at_;
            substitution(token);
        } else if (c == '{') {
            parameter(token);
        } else if (is_name(c) || std::string_view("@*#?-$!").find(c) != std::string_view::npos) {
            std::size_t end = at_ + 2;
            if (is_name(c) && !(c >= '0' && c <= '9'))
                while (end < line_.size() && is_name(line_[end])) ++end;
            token.dynamic = true;
            token.text += line_.substr(at_, end - at_);
            at_ = end;
        } else {
            token.text += '$';
            ++at_;
        }
        failed_ |= at_ > line_.size();
    }

    /// `${name}` and its forms without anything nested.
    void parameter(shell_token& token) {
        const std::size_t end = line_.find('}', at_);
        failed_ = end == std::string_view::npos;
        if (failed_) return;
        const std::string_view inside = line_.substr(at_ + 2, end - at_ - 2);
        failed_ =
            inside.find_first_of("`'\"{\\") != inside.npos || inside.find("$(") != inside.npos;
        token.dynamic = true;
        const bool plain = std::all_of(inside.begin(), inside.end(), is_name);
        token.text +=
            plain ? "$" + std::string(inside) : std::string(line_.substr(at_, end - at_ + 1));
        at_ = end + 1;
    }

    void backquoted(shell_token& token) {
        const std::size_t end = line_.find('`', at_ + 1);
        failed_ = end == std::string_view::npos;
        if (failed_) return;
        const std::string_view inside = line_.substr(at_ + 1, end - at_ - 1);
        failed_ = inside.find('\\') != inside.npos;
        nest(token, inside, end + 1);
    }

    /// From an opening parenthesis to the one that closes it. Arithmetic with names counts as a
    /// command, which then is an unknown one: the value of a name can run commands.
    void substitution(shell_token& token) {
        const std::size_t start = at_ + 1;
        int open = 1;
        std::size_t i = start;
        char quote = '\0';
        for (; i < line_.size() && open > 0; ++i) {
            const char c = line_[i];
            if (c == '\\' && quote != '\'') {
                ++i;
            } else if (quote != '\0') {
                if (c == quote) quote = '\0';
                // Quotes within a substitution within quotes are not followed.
                failed_ |= quote == '"' && c == '$' && i + 1 < line_.size() && line_[i + 1] == '(';
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '#' && (i == start || line_[i - 1] == ' ' || line_[i - 1] == '\n')) {
                failed_ = true;
            } else {
                open += c == '(' ? 1 : c == ')' ? -1 : 0;
            }
        }
        failed_ |= open > 0;
        if (failed_) return;
        const std::string_view inside = line_.substr(start, i - start - 1);
        if (!is_arithmetic(inside)) return nest(token, inside, i);
        token.text += '0';
        at_ = i;
    }

    static bool is_arithmetic(std::string_view inside) {
        return inside.size() > 2 && inside.front() == '(' && inside.back() == ')' &&
               inside.substr(1, inside.size() - 2).find_first_not_of("0123456789 +-*/%") ==
                   inside.npos;
    }

    void nest(shell_token& token, std::string_view inside, std::size_t behind) {
        token.dynamic = true;
        token.text += "$(...)";
        out_.nested.emplace_back(inside);
        at_ = behind;
    }

    std::string_view line_;
    std::size_t at_ = 0;
    bool failed_ = false;
    std::vector<here_document> waiting_;
    shell_tokens out_;
};

}  // namespace

std::optional<shell_tokens> lex_shell(std::string_view line) {
    return lexer(line).run();
}

}  // namespace riva::verify
