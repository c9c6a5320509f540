#pragma once

#include <riva/llm/attempt_failure.hpp>
#include <riva/llm/model.hpp>

#include <chrono>
#include <optional>
#include <variant>

namespace riva::llm {

/// The outcome of one request.
struct attempt {
    std::variant<chat_reply, attempt_failure> outcome;
    token_usage spent;  ///< also by an answer that was cut off
    bool spent_known = true;
    /// From sending to the first part of an answer.
    std::optional<std::chrono::steady_clock::duration> first_token = std::nullopt;
};

/// Carries one request to a model and its answer back.
class transport {
public:
    virtual ~transport() = default;

    /// Sends one request and reads its whole answer. The observer's events end with exactly one
    /// `answer_finished` or `answer_failed`, unless it is cancelled. Cancellation: terminal; closes
    /// the connection. Lifetime: everything by reference until this returns.
    virtual asio::awaitable<attempt> send(
        const chat_request& request, const stream_observer& observer, deadline by
    ) = 0;
};

}  // namespace riva::llm
