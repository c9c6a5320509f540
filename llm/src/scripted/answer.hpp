#pragma once

#include "scripted/fault.hpp"
#include "scripted/question.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace riva::llm::scripted {

/// How fast an answer arrives, before the server's time scale.
struct behaviour {
    double first_token_ms = 0;
    double tokens_per_second = 0;  ///< 0: all at once
    double jitter = 0;             ///< share by which each wait varies, 0 to 1
    std::uint64_t seed = 0;        ///< of the jitter

    friend bool operator==(const behaviour&, const behaviour&) = default;
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

/// A response that a real server gave, to be given again as it was.
struct recorded_response {
    struct part {
        double wait_ms = 0;
        std::string bytes;
    };
    unsigned status = 200;
    header_list headers;
    std::vector<part> parts;
    bool stream = false;  ///< it came in chunks
};

/// What the model says, whatever the wire format will be.
struct answer {
    std::string text;
    std::string refusal;    ///< not empty: the model refuses, and there is no text
    std::string reasoning;  ///< what it thought before
    std::string signature;  ///< opaque, goes with the reasoning or the first call
    std::vector<tool_call> calls;
    std::string choose;         ///< with `from_schema`: taken wherever an enumeration holds it
    bool from_schema = false;   ///< what the request demands is made up when it demands anything
    std::string
        finish_reason;  ///< in the words of Chat Completions; empty: what the answer implies
    std::optional<recorded_response> recorded;  ///< this instead of all the above
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
