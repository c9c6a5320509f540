#pragma once

#include "served.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riva::test {

constexpr std::array dialects{"openai", "openai-responses", "anthropic", "gemini", "ollama"};

/// A request of one message in a dialect. `more` is added to its members, with a comma before it.
std::string ask_in(
    std::string_view dialect, std::string_view message, bool stream, std::string_view more = ""
);

/// The members with which a dialect demands a JSON answer, or a call of the tool `report`, whose
/// schema is an object with a `verdict` of `pass` or `fail`; with a comma before them.
std::string demand_schema(std::string_view dialect);
std::string demand_call(std::string_view dialect);

/// An answer, put together from a response of any dialect.
struct heard {
    std::string text;
    std::string reasoning;
    std::string refusal;
    std::vector<std::pair<std::string, std::string>> calls;  ///< name, arguments
    std::string finish;
    std::string signature;
    std::int64_t input = 0;
    std::int64_t output = 0;
    bool ended = false;  ///< the stream's last event has come, or the answer was whole

    friend bool operator==(const heard&, const heard&) = default;
};
heard hear(std::string_view dialect, const raw_response& r);

/// One request and what its answer says.
heard hear(
    const served& server,
    std::string_view dialect,
    bool stream,
    std::string_view more = "",
    std::string_view message = "hi"
);

}  // namespace riva::test
