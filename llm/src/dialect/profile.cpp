#include "profile.hpp"

#include <algorithm>
#include <array>

namespace riva::llm {
namespace {

constexpr std::array profiles{
    // Reasoning models of OpenAI refuse sampling parameters and the old name of the limit.
    profile{
        .dialect = "openai",
        .host = "api.openai.com",
        .model_prefix = "gpt-4",
        .max_tokens_field = "max_completion_tokens",
        .effort = false,
    },
    profile{
        .dialect = "openai",
        .host = "api.openai.com",
        .max_tokens_field = "max_completion_tokens",
        .system_role = "developer",
        .sampling = false,
    },
    profile{.dialect = "openai", .host = "api.deepseek.com", .effort = false, .schema = false},
    profile{.dialect = "openai"},
    profile{
        .dialect = "openai-responses",
        .host = "api.openai.com",
        .model_prefix = "gpt-4",
        .effort = false,
    },
    profile{.dialect = "openai-responses", .host = "api.openai.com", .sampling = false},
    profile{.dialect = "openai-responses"},
    // The version of 2026-10-21 has no sampling parameters; compatible servers speak the older one.
    profile{
        .dialect = "anthropic",
        .host = "api.anthropic.com",
        .version = "2026-10-21",
        .sampling = false,
    },
    profile{.dialect = "anthropic", .auth = auth_style::x_api_key, .version = "2023-06-01"},
    profile{
        .dialect = "gemini",
        .host = "generativelanguage.googleapis.com",
        .auth = auth_style::x_goog_api_key,
        .version = "v1beta",
        .parallel_switch = false,
    },
    profile{
        .dialect = "gemini",
        .auth = auth_style::x_goog_api_key,
        .version = "v1beta",
        .parallel_switch = false,
    },
    profile{.dialect = "ollama", .parallel_switch = false, .context_window = 32'768},
    profile{},
};

}  // namespace

const profile& profile_of(std::string_view dialect, std::string_view host, std::string_view model) {
    return *std::ranges::find_if(profiles, [&](const profile& each) {
        const bool speaks = each.dialect.empty() || each.dialect == dialect;
        return speaks && (each.host.empty() || each.host == host) &&
               model.starts_with(each.model_prefix);
    });
}

}  // namespace riva::llm
