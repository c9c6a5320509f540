#include "mutation_sites.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace riva::verify {
namespace {

using kind = enum code_token::kind;

struct exchange {
    std::string_view from;
    std::string_view to;
};

constexpr std::array operations{
    exchange{"<", "<="},
    exchange{"<=", "<"},
    exchange{">", ">="},
    exchange{">=", ">"},
    exchange{"==", "!="},
    exchange{"!=", "=="},
    exchange{"===", "!=="},
    exchange{"!==", "==="},
    exchange{"+", "-"},
    exchange{"-", "+"},
    exchange{"+=", "-="},
    exchange{"-=", "+="},
    exchange{"&&", "||"},
    exchange{"||", "&&"},
};

constexpr std::array words_of_python{
    exchange{"True", "False"},
    exchange{"False", "True"},
    exchange{"and", "or"},
    exchange{"or", "and"}
};

constexpr std::array words_of_others{exchange{"true", "false"}, exchange{"false", "true"}};

/// In bytes. Longer ones were written by a program, and what is looked for in a line takes up to
/// the square of its length.
constexpr std::size_t longest_line = 500;

bool is_number(std::string_view text) {
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return digits && text.size() <= 18 && (text.size() == 1 || text.front() != '0');
}

bool opens(std::string_view text) {
    return text == "(" || text == "[" || text == "{";
}

bool closes(std::string_view text) {
    return text == ")" || text == "]" || text == "}";
}

class site_search {
public:
    site_search(std::string_view content, code_family family, std::vector<code_token> tokens)
        : content_(content), family_(family), tokens_(std::move(tokens)) {
        std::erase_if(tokens_, [lengths = lengths_of_lines()](const code_token& token) {
            return lengths[token.line - 1] > longest_line;
        });
    }

    std::vector<mutation_site> run() {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            switch (tokens_[i].kind) {
                case kind::operation: exchange_operation(i); break;
                case kind::number: enlarge(i); break;
                case kind::word: look_at_word(i); break;
                case kind::text: break;
            }
        }
        return std::move(found_);
    }

private:
    std::vector<std::size_t> lengths_of_lines() const {
        std::vector<std::size_t> lengths{0};
        for (const char c : content_) {
            if (c == '\n')
                lengths.push_back(0);
            else
                ++lengths.back();
        }
        return lengths;
    }

    bool python() const { return family_ == code_family::python; }

    std::string_view text_at(std::size_t i) const {
        return i < tokens_.size() ? tokens_[i].text : std::string_view();
    }
    std::string_view text_before(std::size_t i, std::size_t by = 1) const {
        return i >= by ? tokens_[i - by].text : std::string_view();
    }
    std::size_t end_of(std::size_t i) const { return tokens_[i].offset + tokens_[i].text.size(); }
    char before(std::size_t i) const {
        return tokens_[i].offset == 0 ? '\n' : content_[tokens_[i].offset - 1];
    }
    char after(std::size_t i) const {
        return end_of(i) == content_.size() ? '\n' : content_[end_of(i)];
    }

    /// From one token to another, both in the same line.
    void add(std::size_t from, std::size_t to, std::string replacement, std::string mutation) {
        found_.push_back(
            {tokens_[from].offset,
             end_of(to) - tokens_[from].offset,
             tokens_[from].line,
             std::move(replacement),
             std::move(mutation)}
        );
    }

    template <class List>
    void exchange_by(const List& known, std::size_t i) {
        const auto entry = std::ranges::find(known, tokens_[i].text, &exchange::from);
        if (entry == known.end()) return;
        add(i, i, std::string(entry->to), std::string(entry->from) + " to " + std::string(entry->to)
        );
    }

    bool spaced(std::size_t i) const {
        const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
        return blank(before(i)) && blank(after(i));
    }

    bool of_template(std::size_t i) const {
        const std::size_t line = tokens_[i].line;
        if (family_ != code_family::cpp) return false;
        while (i > 0 && tokens_[i - 1].line == line)
            if (tokens_[--i].text == "template") return true;
        return false;
    }

    /// Angle brackets and references to values that expire look like operators, but people write
    /// them without blanks around.
    bool is_operator(std::size_t i) const {
        const auto text = tokens_[i].text;
        if (text_before(i) == "operator") return false;
        if (text == "<" || text == ">") {
            const bool brackets = family_ == code_family::cpp || family_ == code_family::javascript;
            return !brackets || (spaced(i) && !of_template(i));
        }
        if (text == "&&") return family_ != code_family::cpp || spaced(i);
        if (text != "+" && text != "-") return true;
        const auto sign = [](char c) { return c == '+' || c == '-'; };
        return i > 0 && ends_operand(tokens_[i - 1]) && !sign(before(i)) && !sign(after(i));
    }

    void exchange_operation(std::size_t i) {
        if (is_operator(i)) exchange_by(operations, i);
    }

    void enlarge(std::size_t i) {
        const auto text = tokens_[i].text;
        if (!is_number(text) || text_before(i) == ".") return;
        // `= 0;` after a function of C++ says that there is none.
        static constexpr std::array<std::string_view, 4> ends{")", "const", "noexcept", "override"};
        if (text == "0" && text_before(i) == "=" && text_at(i + 1) == ";" &&
            std::ranges::find(ends, text_before(i, 2)) != ends.end())
            return;
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        const std::string larger = std::to_string(value + 1);
        add(i, i, larger, std::string(text) + " to " + larger);
    }

    void look_at_word(std::size_t i) {
        const auto text = tokens_[i].text;
        if (text_before(i) == ".") return;
        if (python())
            exchange_by(words_of_python, i);
        else
            exchange_by(words_of_others, i);
        if (text == "if" || text == "while" || text == "elif") negate(i);
        if (text == "return") drop_value(i);
    }

    void negate(std::size_t i) {
        const auto condition = python() ? condition_of_python(i) : condition_in_brackets(i);
        if (!condition) return;
        const auto [from, to] = *condition;
        const std::string inner(
            content_.substr(tokens_[from].offset, end_of(to) - tokens_[from].offset)
        );
        add(from, to, (python() ? "not (" : "!(") + inner + ")", "condition negated");
    }

    using span = std::pair<std::size_t, std::size_t>;  // first and last token

    /// Between `if` at the beginning of a line and the colon in that line.
    std::optional<span> condition_of_python(std::size_t i) const {
        if (i > 0 && tokens_[i - 1].line == tokens_[i].line) return std::nullopt;
        int depth = 0;
        for (std::size_t j = i + 1; j < tokens_.size(); ++j) {
            const auto text = tokens_[j].text;
            if (tokens_[j].line != tokens_[i].line || text == "lambda" || text == ":=")
                return std::nullopt;
            if (opens(text)) ++depth;
            if (closes(text)) --depth;
            if (depth == 0 && text == ":") {
                if (j == i + 1) return std::nullopt;
                return span{i + 1, j - 1};
            }
        }
        return std::nullopt;
    }

    /// In the brackets after `if`, if they close in the same line and declare nothing.
    std::optional<span> condition_in_brackets(std::size_t i) const {
        if (text_at(i + 1) != "(") return std::nullopt;
        int depth = 0;
        for (std::size_t j = i + 1; j < tokens_.size(); ++j) {
            const auto text = tokens_[j].text;
            if (tokens_[j].line != tokens_[i].line || text == ";" || text == "=")
                return std::nullopt;
            if (opens(text)) ++depth;
            if (closes(text) && --depth == 0) {
                if (j == i + 2) return std::nullopt;
                return span{i + 2, j - 1};
            }
        }
        return std::nullopt;
    }

    void drop_value(std::size_t i) {
        const std::size_t last = python() ? end_of_line(i) : before_semicolon(i);
        if (last == i) return;
        const auto nothing = value_of_nothing();
        const std::string value(
            content_.substr(tokens_[i + 1].offset, end_of(last) - tokens_[i + 1].offset)
        );
        // What means the same as nothing is no fault.
        static constexpr std::array<std::string_view, 9> empty{
            "0", "None", "NULL", "false", "nullptr", "null", "undefined", "{}", "void 0"
        };
        if (std::ranges::find(empty, value) != empty.end()) return;
        add(i + 1, last, std::string(nothing), "returned value dropped");
    }

    std::string_view value_of_nothing() const {
        switch (family_) {
            case code_family::python: return "None";
            case code_family::c: return "0";
            case code_family::cpp: return "{}";
            case code_family::javascript: return "undefined";
        }
        return {};
    }

    /// The last token of a statement of Python that ends with its line; `i` if it does not, or has
    /// nothing after `return`.
    std::size_t end_of_line(std::size_t i) const {
        int depth = 0;
        std::size_t last = i;
        for (std::size_t j = i + 1; j < tokens_.size() && tokens_[j].line == tokens_[i].line; ++j) {
            const auto text = tokens_[j].text;
            if (text == ";" && depth == 0) return last;
            if (opens(text)) ++depth;
            if (closes(text)) --depth;
            last = j;
        }
        const bool goes_on = depth != 0 || text_at(last) == "\\" ||
                             text_at(last).find('\n') != std::string_view::npos;
        return goes_on ? i : last;
    }

    /// The same for statements that end with a semicolon.
    std::size_t before_semicolon(std::size_t i) const {
        int depth = 0;
        for (std::size_t j = i + 1; j < tokens_.size() && tokens_[j].line == tokens_[i].line; ++j) {
            const auto text = tokens_[j].text;
            if (text == ";" && depth == 0) return j - 1;
            if (opens(text)) ++depth;
            if (closes(text)) --depth;
        }
        return i;
    }

    std::string_view content_;
    code_family family_;
    std::vector<code_token> tokens_;
    std::vector<mutation_site> found_;
};

}  // namespace

std::vector<mutation_site> mutation_sites(std::string_view content, code_family family) {
    auto tokens = tokenise(content, family);
    if (!tokens) return {};
    return site_search(content, family, std::move(*tokens)).run();
}

}  // namespace riva::verify
