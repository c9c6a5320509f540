#pragma once

#include "run_context.hpp"

#include <riva/llm/chat.hpp>
#include <riva/llm/tier.hpp>

#include <string>

namespace riva::agents {

/// A tier, and what its choice was based on besides complexity and failures.
struct tier_decision : llm::tier_choice {
    llm::tier_standings standings;
};

/// What a model is asked on behalf of an intention.
struct question {
    std::string intention;
    std::string_view system;  ///< stable text
    std::string prompt;
    std::string_view schema_name;
    std::string_view schema;
    tier_decision tier;
    ledger* account = nullptr;  ///< of the intention; outlives the call
    std::string told = {};  ///< as in `model.ended`
    bool side_effect_free = false;  ///< may be asked of two models at once
    /// The answer is evidence: in a run that goes on a recorded one counts only if the question was
    /// the same to the letter. Other answers are checked by what comes of them.
    bool exact = false;
    bool optional = false;  ///< no provider that can be used is an error, not the end of the run
};

/// Asks the model of a tier, within the budget, and tells the journal and the observer. When its
/// provider fails the models to fall back on are asked, and every switch is told. The answer
/// satisfies the schema. Errors: if the question is not optional, only those that say something
/// about this answer (malformed, of the wrong shape, too long, refused), so that another attempt
/// makes sense. Throws `run_over` when no provider can be used or the budget of the run is used up,
/// `intention_exhausted` when that of the intention is.
asio::awaitable<result<std::string>> ask_model(run_context& run, question what);

}  // namespace riva::agents
