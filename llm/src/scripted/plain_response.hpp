#pragma once

#include "scripted/answer.hpp"
#include "scripted/transmission.hpp"

#include <cstdint>
#include <string>

namespace riva::llm::scripted {

response json_response(unsigned status, std::string body);

/// What a server says with a status that the script demands.
request_refusal usual_refusal(unsigned status);

/// The response that the script demands. `usual` is the body when it names none; `now` in seconds
/// since 1970 is what `date+N` in a header field counts from.
response fault_response(const http_fault& f, std::string usual, std::int64_t now);

/// A whole answer, or the error object with status 200 when the answer ends in one.
response whole_response(
    const answer& a, std::string body, std::string failure, std::chrono::nanoseconds delay
);

}  // namespace riva::llm::scripted
