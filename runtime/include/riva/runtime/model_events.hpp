#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What models were asked, and what they answered.
namespace riva::events {

/// What is known of how one tier did before: bounds of its share of successes.
struct tier_standing {
    std::string tier;
    std::int64_t attempts = 0;
    double lower = 0;
    double mean = 0;
    double upper = 1;
    friend bool operator==(const tier_standing&, const tier_standing&) = default;
};

struct model_started {
    std::string intention;
    std::string purpose;  ///< `action`, `decompose`, `reflect`
    std::string tier;
    std::string model;
    int attempt = 1;
    std::string reason;  ///< why this tier, or why the model fallen back on
    std::string fallback_from;  ///< the model whose provider failed before; empty: none
    std::vector<tier_standing> standings = {};  ///< that the choice of the tier was based on
    friend bool operator==(const model_started&, const model_started&) = default;
};

/// A piece of an answer as it arrives. Observed, not journaled.
struct model_delta {
    std::string intention;
    std::string text;
    friend bool operator==(const model_delta&, const model_delta&) = default;
};

struct model_ended {
    std::string intention;
    std::string purpose;
    std::string tier;
    std::string model;
    int attempt = 1;
    std::string stop;  ///< why the model stopped; empty after a failure
    std::string request;  ///< SHA-256 of the encoded request
    std::string reply;  ///< the whole text of the answer
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    std::int64_t micro_usd = 0;
    std::int64_t duration_ms = 0;
    std::string error;  ///< one sentence; empty after success
    bool priced = true;  ///< false: the price of the model is unknown, and `micro_usd` is 0
    bool unusable = false;  ///< the error is of this answer alone: the model works
    bool recorded = false;  ///< taken from an earlier pass of the run: asked and paid for there
    bool refused = false;  ///< the provider refuses every request until something is changed
    /// SHA-256 of what the work itself put into the prompt: goal, acceptance, history. Empty: the
    /// prompt was not made of these.
    std::string told;
    friend bool operator==(const model_ended&, const model_ended&) = default;
};

}  // namespace riva::events
