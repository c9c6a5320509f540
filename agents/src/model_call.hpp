#pragma once

#include "ask_model.hpp"
#include "model_choice.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riva::agents {

/// Told with the reason between two requests of one call.
inline constexpr std::string_view asking_again = "Asking the model again: ";

/// Told with the reason when the account of an intention ended it.
inline constexpr std::string_view account_used_up = "No more can be spent: ";

/// The account of an intention cannot carry a call, though that of the run could.
class intention_exhausted : public std::runtime_error {
public:
    explicit intention_exhausted(const std::string& why) : std::runtime_error(why) {}
};

/// One call of one model: reserved, sent, told to the journal, and booked.
struct model_call {
    run_context& run;
    const question& what;
    candidate& with;
    std::string reason;         ///< for the journal
    std::string fallback_from;  ///< empty: the model of the tier
    std::int64_t max_output_tokens = 0;
};

/// What is told of a call before its first request.
events::model_started announcement(const model_call& call);

/// Sends a call. Everything that it can have cost is booked, however it ends.
/// Errors: those of `llm::model::complete`. Throws `run_over` when the budget of the run is used
/// up, `intention_exhausted` when that of the intention is. Cancellation: terminal.
asio::awaitable<result<std::string>> carry_out(model_call call);

}  // namespace riva::agents
