#pragma once

#include <riva/llm/model_spec.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace riva::llm {

/// The value of an environment variable; empty when there is none.
using variable_lookup = std::function<std::string(const std::string& name)>;

/// A specification with the server and the key that the provider's own tools would take from their
/// variables. Instead of the provider's own base URL: OPENAI_BASE_URL, ANTHROPIC_BASE_URL,
/// GOOGLE_GEMINI_BASE_URL or OLLAMA_HOST; a base URL that was chosen stays. GOOGLE_API_KEY, if it
/// is set, wins over GEMINI_API_KEY; another `key_env` stays. The URLs are not checked.
model_spec in_environment(model_spec spec, const variable_lookup& variable);

/// The base URL that OLLAMA_HOST stands for: a URL, or a host, a port or both, over http and with
/// port 11434 unless it says otherwise. An address that a server listens on means this machine.
std::string ollama_url(std::string_view host);

}  // namespace riva::llm
