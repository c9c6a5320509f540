#pragma once

#include "scripted/answer.hpp"
#include "scripted/http_call.hpp"
#include "scripted/pace.hpp"
#include "scripted/transmission.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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

    /// Its name in a model specification.
    virtual std::string_view name() const = 0;
    /// Whether a POST to this path is in its format.
    virtual bool serves(std::string_view path) const = 0;
    virtual answered<question> read(const http_call& call) const = 0;
    virtual response write(const question& q, const answer& a, exchange e) const = 0;
    /// What it answers when only the tokens of the prompt are wanted; JSON.
    virtual std::string count(const question& q) const;
    /// Its error object; JSON.
    virtual std::string error(const request_refusal& r) const = 0;
    /// The header field that identifies a response.
    virtual std::string_view request_id_field() const { return "X-Request-Id"; }
};

std::unique_ptr<responder> make_chat_responder();       ///< OpenAI Chat Completions
std::unique_ptr<responder> make_responses_responder();  ///< OpenAI Responses
std::unique_ptr<responder> make_anthropic_responder();  ///< Anthropic Messages
std::unique_ptr<responder> make_gemini_responder();     ///< Gemini generateContent
std::unique_ptr<responder> make_ollama_responder();     ///< Ollama /api/chat

/// All of them.
std::vector<std::unique_ptr<responder>> make_responders();

}  // namespace riva::llm::scripted
