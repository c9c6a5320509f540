#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace riva::llm::scripted {

/// A regular expression in Perl's syntax that is searched for in a text, with an upper bound on the
/// work that one search may do.
class pattern {
public:
    enum class outcome { found, missing, too_costly };

    /// What is wrong with the expression is put into `trouble`.
    pattern(std::string_view expression, std::string& trouble);

    outcome search(std::string_view text) const;

private:
    struct compiled;
    std::shared_ptr<const compiled> compiled_;  // scripts are copied, and this never changes
};

/// `*` stands for any text, `?` for one byte.
bool glob_matches(std::string_view glob, std::string_view text);

}  // namespace riva::llm::scripted
