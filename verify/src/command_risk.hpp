#pragma once

#include <riva/verify/risk.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {

/// The level of something, and why.
struct finding {
    risk_level level = risk_level::low;
    std::string_view factor;  ///< empty for what is as it should be
};

/// What one command of a line could do. Findings without a factor only carry a level.
std::vector<finding> assess_command(const std::vector<std::string>& argv);

/// What writing to `path` could do.
finding assess_write(std::string_view path);

}  // namespace riva::verify
