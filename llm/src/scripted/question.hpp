#pragma once

#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::scripted {

enum class model_tier { small, medium, large };

/// By the first of these words in the model's name; large if there is none.
model_tier tier_of(std::string_view model);
std::string_view to_string(model_tier tier);

/// What a request asks, whatever its wire format was.
struct question {
    std::string model;
    std::string purpose;                ///< name of the answer's schema; empty: none was given
    std::vector<std::string> messages;  ///< their text, at least one
    bool stream = false;
    bool include_usage = false;  ///< usage is wanted at the end of the stream
};

std::int64_t prompt_tokens(const question& q);

/// One token per four bytes, rounded up.
constexpr std::int64_t tokens_in(std::size_t bytes) {
    return static_cast<std::int64_t>((bytes + 3) / 4);
}

/// At most `bytes` of a text, never half a character, with `...` where something was left out.
std::string beginning_of(std::string_view text, std::size_t bytes);

/// Why a request gets no answer, as the error object of the wire format.
struct request_refusal {
    unsigned status = 400;
    std::string message;
    std::string param;  ///< the member that is wrong; empty: none in particular
    std::string code;
    std::string type = "invalid_request_error";

    friend bool operator==(const request_refusal&, const request_refusal&) = default;
};

template <class T>
using answered = boost::system::result<T, request_refusal>;

}  // namespace riva::llm::scripted
