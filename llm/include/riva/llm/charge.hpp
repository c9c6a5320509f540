#pragma once

#include <riva/llm/chat.hpp>
#include <riva/runtime/error.hpp>

#include <cstdint>

namespace riva::llm {

/// A request as far as it matters for what it costs.
struct request_size {
    std::int64_t input = 0;       ///< tokens of the prompt, estimated
    std::int64_t answered = 0;    ///< tokens of the answer that have arrived, estimated
    std::int64_t most_output = 0; ///< tokens of the longest answer that was asked for
};

/// What a provider can have charged at most for a request that ended with this failure, when it
/// sent no usage. Nothing, if it never reached a model or was refused before an answer; prompt and
/// what arrived, if the model came to its own end; prompt and the longest answer, if the connection
/// was given up while the model may have gone on.
token_usage charge_after(const error_code& failure, const request_size& size);

/// The same for a request that is under way, or was cancelled.
token_usage worst_charge(const request_size& size);

}  // namespace riva::llm
