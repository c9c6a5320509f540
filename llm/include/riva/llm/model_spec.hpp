#pragma once

#include <riva/runtime/error.hpp>

#include <string>
#include <string_view>

namespace riva::llm {

/// Which model, where: `DIALECT:MODEL[@BASE_URL]`, as users write it.
struct model_spec {
    std::string dialect;   ///< `openai`, `openai-responses`, `anthropic`, `gemini` or `ollama`
    std::string model;
    std::string base_url;  ///< as the provider's own SDK takes it; with `/v1` for OpenAI, without
                           ///< for the others; Gemini's may choose a version by ending in it
    std::string key_env;  ///< name of the environment variable that holds the key

    friend bool operator==(const model_spec&, const model_spec&) = default;
};

/// Errors: `errc::invalid_spec` saying which part is wrong and which dialects there are. A missing
/// base URL becomes the provider's own.
result<model_spec> parse_model_spec(std::string_view text);
std::string to_string(const model_spec& spec);

}  // namespace riva::llm
