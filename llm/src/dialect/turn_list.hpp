#pragma once

#include <string>
#include <string_view>

namespace riva::llm {

/// Writes a JSON list of turns whose roles alternate, as some servers demand: what the same role
/// says next is part of its turn. Lifetime: `out` outlives it.
class turn_list {
public:
    /// `parts`: the member of a turn that holds what was said.
    turn_list(std::string& out, std::string_view parts) : out_(out), parts_(parts) {}

    /// Adds one part, or several with commas between them, in the order of the conversation.
    void add(std::string_view role, std::string_view parts);
    void end();

private:
    std::string& out_;
    std::string_view parts_;
    std::string_view role_;  // of the turn that is open
};

}  // namespace riva::llm
