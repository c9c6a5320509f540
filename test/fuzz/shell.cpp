// A command line that cannot be followed is of high risk, whatever it says.
#include "input.hpp"

#include <riva/verify/risk.hpp>

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto line = riva::fuzz::as_text(data, size);
    const auto analysis = riva::verify::analyse_shell(line);
    for (const auto& command : analysis.commands) {
        riva::fuzz::must(!command.empty(), "a command has a program");
    }

    riva::run_command command;
    command.argv = {"sh", "-c", std::string(line)};
    const auto risk = riva::verify::assess_risk(command);
    if (analysis.dynamic || analysis.too_complex) {
        riva::fuzz::must(
            risk.level == riva::verify::risk_level::high, "the unknown is of high risk"
        );
        riva::fuzz::must(!risk.may_skip, "high risk is always verified");
    }
    return 0;
}
