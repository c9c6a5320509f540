#pragma once

#include <boost/json/value.hpp>
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

/// A tool that the model may call.
struct offered_tool {
    std::string name;
    boost::json::value parameters;  ///< their schema; null: none was given
};

/// Something opaque that an earlier answer held and that must come back unchanged.
struct replayed_block {
    std::string content;    ///< what it belongs to
    std::string signature;  ///< empty: it is missing
};

/// What a request asks, whatever its wire format was.
struct question {
    std::string model = {};
    std::string purpose = {};  ///< name of the answer's schema; empty: none was given
    std::vector<std::string> messages = {};  ///< their text, at least one
    bool stream = false;
    bool include_usage = false;  ///< usage is wanted at the end of the stream

    std::vector<offered_tool> tools = {};
    bool call_demanded = false;  ///< the answer must call a tool
    std::string demanded_tool = {};  ///< only this one; empty: any
    boost::json::value schema = {};  ///< of the answer; null: none was given
    std::int64_t context_tokens = 0;  ///< `num_ctx`; 0: not given
    bool only_count = false;  ///< the prompt's tokens are wanted, no answer
    bool as_list = false;  ///< the stream is one JSON list
    std::vector<replayed_block> replayed = {};
    std::string dialect = {};
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
