#include "scripted/responder.hpp"

namespace riva::llm::scripted {

std::string responder::count(const question& q) const {
    return std::to_string(prompt_tokens(q));
}

std::vector<std::unique_ptr<responder>> make_responders() {
    std::vector<std::unique_ptr<responder>> all;
    all.push_back(make_chat_responder());
    all.push_back(make_responses_responder());
    all.push_back(make_anthropic_responder());
    all.push_back(make_gemini_responder());
    all.push_back(make_ollama_responder());
    return all;
}

}  // namespace riva::llm::scripted
