#pragma once

#include <riva/llm/model_spec.hpp>
#include <riva/llm/provider.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace riva::llm {

enum class health {
    reachable,     ///< answers, and takes the key
    unauthorized,  ///< answers, and refuses the key or the lack of one
    unreachable,   ///< does not answer, or not as a model server does
};

std::string_view to_string(health h);

/// What a model server said when it was asked for its models.
struct probe_result {
    enum health health = health::unreachable;
    std::chrono::milliseconds latency{0};  ///< until the response header; the connection included
    std::optional<bool> lists_model;  ///< none: the server has no list
    std::string detail;  ///< one line; empty if there is nothing to say
};

/// Asks the server of a model for the list of its models: a request that costs nothing.
/// Cancellation: terminal. Thread safety: safe.
asio::awaitable<probe_result> probe(model_spec spec, provider_options options, deadline by);

}  // namespace riva::llm
