#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace riva::verify {

/// Reads a program of sed as far as it takes to know that it only prints and changes text.
class sed_program {
public:
    explicit sed_program(std::string_view text) : text_(text) {}

    /// Whether it may run commands, or read or write other files. True for what is not understood.
    bool reaches_out() {
        while (at_ < text_.size())
            if (!address() || !command()) return true;
        return false;
    }

private:
    bool is_at(std::string_view any) const {
        return at_ < text_.size() && any.find(text_[at_]) != any.npos;
    }

    void skip(std::string_view any) {
        while (is_at(any)) ++at_;
    }

    /// From behind a delimiter to behind the next one.
    bool section(char delimiter) {
        bool in_brackets = false;
        for (; at_ < text_.size() && text_[at_] != delimiter; ++at_) {
            if (text_[at_] == '\n') return false;
            const auto rest = text_.substr(at_);
            if (rest.starts_with("[]") || rest.starts_with("[^]") || rest.starts_with("[.") ||
                rest.starts_with("[="))
                return false;
            if (in_brackets && rest.starts_with("[:")) {
                at_ = text_.find(":]", at_ + 2);
                if (at_ == text_.npos) return false;
                ++at_;
                continue;
            }
            if (text_[at_] == '[') in_brackets = true;
            if (text_[at_] == ']') in_brackets = false;
            if (text_[at_] == '\\') ++at_;
        }
        // Whether a delimiter in brackets counts depends on the sed.
        return ++at_ <= text_.size() && !in_brackets;
    }

    bool address() {
        skip(" \t;\n}");
        while (is_at("0123456789$,~+!/\\ IM")) {
            const char c = text_[at_++];
            if (c == '\\' && at_ < text_.size()) {
                const char delimiter = text_[at_++];
                if (!section(delimiter)) return false;
            } else if (c == '/' && !section('/')) {
                return false;
            }
        }
        return true;
    }

    bool command() {
        if (at_ >= text_.size()) return true;
        const char c = text_[at_++];
        if (c == 's' || c == 'y') {
            if (at_ >= text_.size()) return false;
            const char delimiter = text_[at_++];
            if (!section(delimiter) || !section(delimiter)) return false;
            skip("gpiI0123456789");
            return end();
        }
        constexpr std::string_view takes_text = "aic:btT#";
        if (takes_text.find(c) != takes_text.npos) {
            const std::size_t from = at_;
            at_ = std::min(text_.find('\n', at_), text_.size());
            // Where a label ends depends on the sed, and a text may go on in the next line.
            const auto taken = text_.substr(from, at_ - from);
            return taken.find_first_of(";}") == taken.npos && !taken.ends_with('\\');
        }
        constexpr std::string_view plain = "pdqQ=nNgGhHxDPlz{";
        if (plain.find(c) == plain.npos) return false;
        skip("0123456789");
        return c == '{' || end();
    }

    bool end() {
        skip(" \t");
        return at_ >= text_.size() || is_at(";\n}");
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// Whether a program of awk may run commands, or read or write files that its command line does
/// not name.
inline bool awk_reaches_out(std::string_view program) {
    if (program.find("system") != program.npos || program.find("getline") != program.npos ||
        program.find('@') != program.npos)
        return true;
    const auto print = std::min(program.find("print"), program.size());
    if (program.find('>', print) != program.npos) return true;
    for (std::size_t i = 0; i < program.size(); ++i) {
        if (program[i] != '|') continue;
        if (!program.substr(i).starts_with("||")) return true;
        ++i;
    }
    return false;
}

}  // namespace riva::verify
