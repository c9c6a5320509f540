#pragma once

#include "scripted/answer.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riva::llm::scripted {

/// What the client's request means for the framing of the response.
struct framing {
    bool keep_alive = true;
    bool chunks = true;      ///< the client reads chunks (HTTP/1.1)
    bool head_only = false;  ///< the request was HEAD
};

/// A request as it came over the connection, or the reason why it is none.
struct http_call {
    std::string method;
    std::string target;
    header_list headers;  ///< names in lower case
    std::string body;
    framing client;
    std::optional<request_refusal> malformed;

    /// The first field of that name, given in lower case; empty if there is none.
    std::string_view header(std::string_view name) const;
    std::string_view path() const;
    /// The value of a parameter in the target, as it stands there; empty if there is none.
    std::string_view parameter(std::string_view name) const;
};

/// The key that a request shows, in whichever of the usual ways, and which way that was.
struct shown_key {
    std::string style;  ///< `bearer`, `x-api-key`, `api-key`, `x-goog-api-key`, `key` or empty
    std::string value;
};
shown_key key_of(const http_call& call);

}  // namespace riva::llm::scripted
