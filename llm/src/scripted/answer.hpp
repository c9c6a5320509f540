#pragma once

#include "scripted/question.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace riva::llm::scripted {

using header_list = std::vector<std::pair<std::string, std::string>>;

/// How fast an answer arrives, before the server's time scale.
struct behaviour {
    double first_token_ms = 0;
    double tokens_per_second = 0;  ///< 0: all at once
    double jitter = 0;             ///< share by which each wait varies, 0 to 1
    std::uint64_t seed = 0;        ///< of the jitter

    friend bool operator==(const behaviour&, const behaviour&) = default;
};

/// A response that is no answer of a model.
struct http_fault {
    unsigned status = 500;
    header_list headers;
    std::optional<std::string> body;  ///< none: the error object that goes with the status
};

/// An error object that ends a stream.
struct error_event {
    std::size_t after_chunks = 0;
    std::string body;  ///< JSON; empty: what the wire format says when it is overloaded
};

/// The response stops in its middle.
struct break_off {
    enum class way { close, reset, stall };
    way how = way::close;
    std::size_t after_bytes = 0;
    bool in_head = false;  ///< bytes are counted from the status line; otherwise from the body
};

enum class content_fault { none, null, empty, not_json, fenced, bad_utf8 };
/// What is wrong with the calls of tools.
enum class call_fault { none, no_index, no_id, same_index, truncated };
enum class line_end { lf, crlf, cr };

/// Everything that a response can do wrong, or right in an unusual way.
struct fault {
    std::optional<http_fault> http;
    std::optional<scripted::error_event> error_event;
    std::optional<scripted::break_off> break_off;
    content_fault content = content_fault::none;
    call_fault calls = call_fault::none;
    scripted::line_end line_end = scripted::line_end::lf;
    bool comments = false;         ///< a comment before each event of a stream
    bool split_utf8 = false;       ///< characters of several bytes arrive in two pieces
    bool one_byte_writes = false;
    bool without_finish = false;   ///< no finish_reason
    bool without_done = false;     ///< no [DONE]
};

/// The usage that an answer reports; what is not set is counted.
struct usage_plan {
    bool sent = true;
    std::optional<std::int64_t> prompt;
    std::optional<std::int64_t> completion;
    std::int64_t cached = 0;       ///< of the prompt, read from a cache
    std::int64_t cache_write = 0;  ///< of the prompt, written to a cache
    std::int64_t reasoning = 0;    ///< of the completion
};

/// A call of a tool that the model makes.
struct tool_call {
    std::string id;         ///< empty: one is made up in the manner of the wire format
    std::string name;
    std::string arguments;  ///< JSON, unless the script wants it to be something else

    friend bool operator==(const tool_call&, const tool_call&) = default;
};

/// What the model says, whatever the wire format will be.
struct answer {
    std::string text;
    std::string refusal;    ///< not empty: the model refuses, and there is no text
    std::string reasoning;  ///< what it thought before
    std::string signature;  ///< opaque, goes with the reasoning or the first call
    std::vector<tool_call> calls;
    bool from_schema = false;   ///< what the request demands is made up when it demands anything
    std::string
        finish_reason;  ///< in the words of Chat Completions; empty: what the answer implies
    usage_plan usage;
    scripted::behaviour behaviour;
    scripted::fault fault;
};

/// Where answers come from: a script or a suite. Each call may change the next one's answer.
class answer_source {
public:
    virtual ~answer_source() = default;
    virtual answered<answer> next(const question& q) = 0;
    /// Names for the list of models.
    virtual std::vector<std::string> models() const = 0;
    /// What every request must show; empty: nothing.
    virtual std::string key() const { return {}; }
};

}  // namespace riva::llm::scripted
