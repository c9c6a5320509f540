#pragma once

#include "run_context.hpp"

#include <riva/llm/chat.hpp>

#include <string>
#include <string_view>

namespace riva::agents {

/// What a model is asked on behalf of an intention.
struct question {
    std::string intention;
    std::string_view system;  ///< stable text
    std::string prompt;
    std::string_view schema_name;
    std::string_view schema;
};

/// Asks, within the budget, and tells the journal and the observer. The answer satisfies the
/// schema. Errors: only those that say something about this answer (malformed, of the wrong shape,
/// too long, refused), so that another attempt makes sense. Throws `run_over` when the provider
/// cannot be used, or the budget is used up.
asio::awaitable<result<std::string>> ask_model(run_context& run, question what);

}  // namespace riva::agents
