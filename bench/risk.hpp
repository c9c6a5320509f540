#pragma once

#include <riva/verify/risk.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace riva::bench {

struct risk_plan {
    std::size_t rounds = 500;  ///< classifications of each command in a pass
    std::size_t passes = 9;
};

/// Medians over the passes, of processor time.
struct risk_figures {
    struct command {
        std::string_view shape;
        std::size_t characters = 0;
        verify::risk_level level = verify::risk_level::high;
        double ns = 0;
    };
    /// What a character costs in a line that goes on and on.
    struct growth {
        std::string_view shape;
        std::array<double, 3> ns_per_character{};  ///< at `lengths`
    };

    static constexpr std::array<std::size_t, 3> lengths{200, 2'000, 20'000};

    double ns = 0;  ///< for each classification, over all commands
    std::vector<command> commands;
    std::vector<growth> growths;
};

/// Classifies commands of about 200 characters, and longer ones.
risk_figures measure_risk(const risk_plan& plan);

std::string to_table(const risk_plan& plan, const risk_figures& figures);
std::string to_json(const risk_plan& plan, const risk_figures& figures);

}  // namespace riva::bench
