#pragma once

#include <riva/llm/chat.hpp>
#include <riva/llm/stream_event.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/error.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace riva::llm {

/// Watches an answer arrive. All members may be empty. What `on_attempt` throws ends the call
/// before the request is sent, and comes out of `complete`.
struct stream_observer {
    /// The events of the attempt that is under way, in order.
    std::function<void(const stream_event&)> on_event;
    /// Before each request is sent; `number` starts at 1. `after` names the failure of the previous
    /// one.
    std::function<void(int number, const error* after)> on_attempt;
};

/// A language model.
class model {
public:
    virtual ~model() = default;

    /// The whole answer to one request, retried and, if a schema is given, checked against it.
    /// Errors: see `riva::llm::errc`. An incomplete answer is an error, never a short answer.
    /// Cancellation: terminal; closes the connection.
    virtual asio::awaitable<result<chat_reply>> complete(
        chat_request request, stream_observer observer, deadline by
    ) = 0;

    /// `DIALECT:MODEL`, for logs.
    virtual std::string name() const = 0;
};

}  // namespace riva::llm
