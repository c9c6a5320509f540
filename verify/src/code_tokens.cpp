#include "code_tokens.hpp"

#include "code_literals.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace riva::verify {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_of_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

/// Those of more than one character, longest first.
constexpr std::array<std::string_view, 41> operations{
    ">>>=", "...", "<=>", "<<=", ">>=", "===", "!==", "**=", "//=", "&&=", "||=",
    "?\?=", ">>>", "->*", "==",  "!=",  "<=",  ">=",  "&&",  "||",  "<<",  ">>",
    "+=",   "-=",  "*=",  "/=",  "%=",  "&=",  "|=",  "^=",  "++",  "--",  "->",
    "=>",   "::",  "**",  "??",  "?.",  ":=",  "//",  "@=",
};

/// After which an expression begins.
constexpr std::array<std::string_view, 36> keywords{
    "and",    "as",       "assert", "await",      "case",   "co_await", "co_return", "co_yield",
    "delete", "do",       "elif",   "else",       "except", "extends",  "for",       "from",
    "if",     "import",   "in",     "instanceof", "is",     "lambda",   "new",       "not",
    "of",     "operator", "or",     "raise",      "return", "sizeof",   "throw",     "typeof",
    "until",  "void",     "while",  "yield",
};

static_assert(std::ranges::is_sorted(keywords));

enum class prefix { none, plain, raw, formatted };

/// What the letters right before a quote make of the text.
prefix prefix_of(std::string_view word, char quote, code_family family) {
    if (family == code_family::python) {
        std::string letters(word);
        std::ranges::transform(letters, letters.begin(), [](char c) {
            return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        });
        for (const auto* f : {"f", "fr", "rf"})
            if (letters == f) return prefix::formatted;
        for (const auto* p : {"r", "u", "b", "br", "rb"})
            if (letters == p) return prefix::plain;
        return prefix::none;
    }
    if (family == code_family::javascript) return prefix::none;
    for (const auto* p : {"L", "u", "U", "u8"})
        if (word == p) return prefix::plain;
    if (family == code_family::cpp && quote == '"')
        for (const auto* p : {"R", "LR", "uR", "UR", "u8R"})
            if (word == p) return prefix::raw;
    return prefix::none;
}

class scanner {
public:
    scanner(std::string_view content, code_family family) : content_(content), family_(family) {}

    std::optional<std::vector<code_token>> scan() {
        if (content_.find('\0') != npos) return std::nullopt;
        if (content_.starts_with("#!")) skip(std::min(content_.find('\n'), content_.size()));
        while (at_ < content_.size())
            if (!step()) return std::nullopt;
        if (std::ranges::find(braces_, true) != braces_.end()) return std::nullopt;
        return std::move(tokens_);
    }

private:
    using kind = enum code_token::kind;

    char peek(std::size_t ahead) const {
        return at_ + ahead < content_.size() ? content_[at_ + ahead] : '\0';
    }
    bool is_c() const { return family_ == code_family::c || family_ == code_family::cpp; }
    bool is_next(std::string_view text) const { return content_.substr(at_, text.size()) == text; }

    /// False if there is no such end.
    bool skip(std::size_t end) {
        if (end == npos || end > content_.size()) return false;
        const auto passed = content_.substr(at_, end - at_);
        line_ += static_cast<std::size_t>(std::ranges::count(passed, '\n'));
        at_ = end;
        return true;
    }

    bool take(kind what, std::size_t end) {
        if (end == npos || end > content_.size()) return false;
        tokens_.push_back({what, content_.substr(at_, end - at_), at_, line_});
        return skip(end);
    }

    bool step() {
        const char c = content_[at_];
        if (is_blank(c)) return skip(at_ + 1);
        if (begins_line_comment()) return skip(std::min(content_.find('\n', at_), content_.size()));
        if (family_ != code_family::python && is_next("/*")) {
            const std::size_t end = content_.find("*/", at_ + 2);
            return end != npos && skip(end + 2);
        }
        if (is_c() && c == '#' && is_first_of_line()) return skip(end_of_directive(content_, at_));
        if (c == '"' || c == '\'') return take(kind::text, end_of_text(at_, false));
        if (family_ == code_family::javascript && (c == '`' || c == '}')) return take_template(c);
        if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return take_number();
        if (is_of_word(c)) return take_word();
        return take_operation();
    }

    bool begins_line_comment() const {
        return family_ == code_family::python ? content_[at_] == '#' : is_next("//");
    }

    bool is_first_of_line() const {
        std::size_t i = at_;
        while (i > 0 && content_[i - 1] != '\n' && is_blank(content_[i - 1])) --i;
        return i == 0 || content_[i - 1] == '\n';
    }

    std::size_t end_of_text(std::size_t quote, bool formatted) const {
        return family_ == code_family::python ? end_of_python_text(content_, quote, formatted)
                                              : end_of_quoted(content_, quote);
    }

    /// Templates hold code in braces, and that may hold templates.
    bool take_template(char c) {
        if (c == '}') {
            if (braces_.empty()) return false;
            const bool of_template = braces_.back();
            braces_.pop_back();
            if (!of_template) return take(kind::operation, at_ + 1);
        }
        const std::size_t end = end_of_template(content_, at_);
        if (end != npos && content_[end - 1] == '{') braces_.push_back(true);
        return take(kind::text, end);
    }

    bool take_number() {
        const bool hexadecimal = is_next("0x") || is_next("0X");
        std::size_t end = at_ + 1;
        while (end < content_.size()) {
            const char c = content_[end];
            const char before = content_[end - 1];
            const bool sign =
                (c == '+' || c == '-') &&
                (hexadecimal ? before == 'p' || before == 'P' : before == 'e' || before == 'E');
            const bool separator =
                c == '\'' && is_c() && end + 1 < content_.size() && is_of_word(content_[end + 1]);
            if (!is_of_word(c) && c != '.' && !sign && !separator) break;
            ++end;
        }
        return take(kind::number, end);
    }

    bool take_word() {
        std::size_t end = at_;
        while (end < content_.size() && is_of_word(content_[end])) ++end;
        const char next = end < content_.size() ? content_[end] : '\0';
        if (next != '"' && next != '\'') return take(kind::word, end);
        switch (prefix_of(content_.substr(at_, end - at_), next, family_)) {
            case prefix::none: return take(kind::word, end);
            case prefix::plain: return take(kind::text, end_of_text(end, false));
            case prefix::formatted: return take(kind::text, end_of_text(end, true));
            case prefix::raw: return take(kind::text, end_of_raw_text(content_, end));
        }
        return false;
    }

    bool take_operation() {
        const char c = content_[at_];
        if (family_ == code_family::javascript) {
            if (c == '{') braces_.push_back(false);
            if (c == '/' && !follows_operand())
                return take(kind::text, end_of_pattern(content_, at_));
        }
        for (const auto known : operations)
            if (is_next(known)) return take(kind::operation, at_ + known.size());
        return take(kind::operation, at_ + 1);
    }

    bool follows_operand() const {
        if (tokens_.empty()) return false;
        const auto& last = tokens_.back();
        return ends_operand(last) || last.text == "++" || last.text == "--";
    }

    std::string_view content_;
    code_family family_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::vector<code_token> tokens_;
    std::vector<bool> braces_;  ///< that are open in JavaScript; true: a template goes on after it
};

}  // namespace

std::optional<code_family> family_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    if (dot == npos || path.find('/', dot) != npos) return std::nullopt;
    const std::string_view ending = path.substr(dot + 1);
    const auto among = [&](std::initializer_list<std::string_view> all) {
        return std::ranges::find(all, ending) != all.end();
    };
    if (among({"py", "pyi"})) return code_family::python;
    if (ending == "c") return code_family::c;
    if (among({"cc", "cpp", "cxx", "c++", "h", "hh", "hpp", "hxx", "ipp", "tpp"}))
        return code_family::cpp;
    // Not those of JSX, which is no sequence of tokens.
    if (among({"js", "mjs", "cjs", "ts", "mts", "cts"})) return code_family::javascript;
    return std::nullopt;
}

bool ends_operand(const code_token& token) {
    switch (token.kind) {
        case code_token::kind::number: return true;
        // A piece of a template before embedded code is followed by an expression.
        case code_token::kind::text: return !token.text.ends_with("${");
        case code_token::kind::word: return !std::ranges::binary_search(keywords, token.text);
        case code_token::kind::operation: return token.text == ")" || token.text == "]";
    }
    return false;
}

std::optional<std::vector<code_token>> tokenise(std::string_view content, code_family family) {
    return scanner(content, family).scan();
}

}  // namespace riva::verify
