#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/intention.hpp>
#include <riva/runtime/verdict.hpp>
#include <riva/verify/risk.hpp>

#include <optional>
#include <span>
#include <string>

namespace riva::agents {

/// The places where a person, or a program in their stead, may decide instead of the evidence. The
/// functions here are `auto`: what needs approval is refused, everything else is left to the
/// evidence. Called on the executor of the run; may suspend as long as it likes.
class checkpoint {
public:
    virtual ~checkpoint() = default;

    /// Before a command of high risk. False: it is not run.
    virtual asio::awaitable<bool> approve_action(
        const intention& of, const action& a, const verify::risk& why
    );

    /// Before the parts are worked on. False: the intention is not split.
    virtual asio::awaitable<bool> approve_decomposition(
        const intention& of, std::span<const intention> parts
    );

    /// After the checks of a cycle. A person may make the result worse, never better: a judgment
    /// that the evidence does not carry is ignored.
    virtual asio::awaitable<std::optional<judgment>> judge_action(
        const intention& of, const cycle& c
    );

    /// After the parent's acceptance was checked on the merged tree. False: it counts as failed.
    virtual asio::awaitable<bool> verify_integration(
        const intention& of, std::span<const evidence> found
    );

    /// After a failed cycle. The text, if any, is given to the model with the evidence.
    virtual asio::awaitable<std::string> review_reflection(
        const intention& of, const cycle& failed
    );
};

}  // namespace riva::agents
