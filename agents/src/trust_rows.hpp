#pragma once

#include <riva/memory/trust_rows.hpp>
#include <riva/runtime/error.hpp>
#include <riva/verify/trust_state.hpp>

#include <set>
#include <string>
#include <variant>

namespace riva::agents {

/// The state that rows stand for, or why they stand for none, as a part of a sentence.
std::variant<verify::trust_state, std::string> state_of(const memory::trust_rows& rows);

/// The rows of a state, with classes and patterns of these risks only. Points have none.
memory::trust_rows rows_of(
    const verify::trust_state& state, const std::set<verify::risk_level>& risks
);

}  // namespace riva::agents
