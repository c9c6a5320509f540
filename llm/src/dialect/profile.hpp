#pragma once

#include <cstdint>
#include <string_view>

namespace riva::llm {

enum class auth_style : std::uint8_t { bearer, x_api_key, api_key, x_goog_api_key };

/// In what servers and models of one dialect differ: data, so that the codecs have no branches for
/// them. The first entry that matches counts.
struct profile {
    std::string_view dialect = {};
    std::string_view host = {};          ///< of the base URL; empty: any
    std::string_view model_prefix = {};  ///< empty: any
    auth_style auth = auth_style::bearer;
    std::string_view max_tokens_field = "max_tokens";  ///< only Chat Completions varies
    std::string_view system_role = "system";
    std::string_view version = "";       ///< `anthropic-version`; Gemini: the part of the path
    bool sampling = true;                ///< accepts `temperature`
    bool effort = true;                  ///< accepts a reasoning effort
    bool parallel_switch = true;         ///< accepts to be told not to call tools in parallel
    bool usage_in_stream = true;         ///< is asked for the usage of a stream
    bool schema = true;  ///< accepts a JSON schema; else any JSON object is asked
                         ///< for, and the schema is put in words
    std::int64_t context_window = 0;  ///< tokens; 0: not known. Ollama is told so (`num_ctx`)
};

const profile& profile_of(std::string_view dialect, std::string_view host, std::string_view model);

}  // namespace riva::llm
