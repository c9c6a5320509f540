#pragma once

#include "run_context.hpp"

#include <riva/runtime/intention.hpp>
#include <riva/verify/risk.hpp>

#include <string>

namespace riva::agents {

struct gate_decision {
    bool run = false;
    std::string why;  ///< for the model and for people, if it is not run
    verify::risk risk;
};

/// Decides before anything happens whether an action may run. File actions always may: the
/// workspace itself refuses protected paths, and rolls back. Commands depend on their risk and on
/// the approval setting.
asio::awaitable<gate_decision> pass_gate(
    run_context& run, const intention& of, int cycle, action what
);

}  // namespace riva::agents
