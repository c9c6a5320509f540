#pragma once

#include <riva/agents/settings.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::agents {

/// Reads and writes one setting as text.
struct setting_field {
    std::string_view key;
    std::string_view allowed;  ///< for a person
    std::function<bool(settings&, std::string_view)> parse;
    std::function<std::string(const settings&)> print;  ///< empty: sets several others at once
};

/// All that `set` knows by name.
const std::vector<setting_field>& setting_fields();

/// Those of the trust budget.
std::vector<setting_field> trust_fields();

std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace riva::agents
