#pragma once

#include <riva/llm/error.hpp>

#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace riva::llm {

/// What a server says about its failure; any part may be empty.
struct server_error {
    std::string message;
    std::string type;
    std::string code;
    std::optional<std::chrono::milliseconds> retry_after;  ///< when the body says so
};

/// What of a JSON object reports a failure, in the shapes of all providers and gateways, because a
/// gateway may speak in another shape than the API behind it; nothing when it reports none.
std::optional<server_error> find_server_error(const boost::json::value& answer);

/// Reads the body of a refusal: JSON, or text for people.
server_error read_error_body(std::string_view body);

/// The failure that a status and the server's words stand for; 200 for an error inside an answer.
/// `who` begins the sentence, `key_name` says where the key came from.
error explain(
    unsigned status, const server_error& said, std::string_view who, std::string_view key_name
);

}  // namespace riva::llm
