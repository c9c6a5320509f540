#pragma once

#include "dialect/openai_chat.hpp"
#include "retry.hpp"

#include <riva/llm/model.hpp>

#include <string>
#include <variant>

namespace riva::llm {

/// Where requests go, and as whom.
struct endpoint {
    http_origin origin;
    std::string target;  ///< of Chat Completions
    std::string model;
    std::string who;       ///< begins the sentences about failures
    std::string key;       ///< empty: none
    std::string key_name;  ///< where the key came from
    std::chrono::milliseconds longest_pause{300'000};  ///< without any new text
};

/// The outcome of one request.
struct attempt {
    std::variant<chat_reply, attempt_failure> outcome;
    token_usage spent;  ///< also by an answer that was cut off
    bool spent_known = true;
};

/// Sends one request and reads its whole answer, as a stream or not, whatever was asked for.
/// Cancellation: terminal; closes the connection. Lifetime: everything by reference until this
/// returns.
asio::awaitable<attempt> make_attempt(
    http_client& client,
    const endpoint& to,
    const chat_request& request,
    const stream_observer& observer,
    deadline by
);

}  // namespace riva::llm
