#pragma once

#include "scripted/answer.hpp"
#include "scripted/pace.hpp"
#include "scripted/transmission.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace riva::llm::scripted {

/// What makes one response differ from the next one.
struct exchange {
    std::uint64_t number = 1;  ///< of the request
    std::int64_t created = 0;  ///< seconds since 1970
    scripted::pace pace;
};

/// One wire format: reads questions, writes answers.
class responder {
public:
    virtual ~responder() = default;

    /// Whether requests to this path are in its format.
    virtual bool serves(std::string_view path) const = 0;
    virtual answered<question> read(std::string_view body) const = 0;
    virtual response write(const question& q, const answer& a, exchange e) const = 0;
    virtual response write(const request_refusal& r) const = 0;
};

/// OpenAI Chat Completions.
std::unique_ptr<responder> make_chat_responder();

}  // namespace riva::llm::scripted
