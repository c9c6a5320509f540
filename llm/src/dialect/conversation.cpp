#include "conversation.hpp"

#include "../http_text.hpp"
#include "../json_text.hpp"
#include "portable_schema.hpp"

#include <algorithm>

namespace riva::llm {
namespace {

bool is_systems(const message& each) {
    return each.role == role::system;
}

void append_paragraph(std::string& out, std::string_view text) {
    if (trimmed(text).empty()) return;
    if (!out.empty()) out += "\n\n";
    out += text;
}

}  // namespace

std::vector<const message*> conversation_of(const chat_request& request) {
    const bool all = std::ranges::all_of(request.messages, is_systems);
    std::vector<const message*> chosen;
    for (const message& each : request.messages)
        if (all || !is_systems(each)) chosen.push_back(&each);
    return chosen;
}

std::string instructions_of(const chat_request& request, const profile& server) {
    std::string text;
    if (!std::ranges::all_of(request.messages, is_systems))
        for (const message& each : request.messages)
            if (is_systems(each)) append_paragraph(text, each.content);
    if (request.schema && !server.schema) append_paragraph(text, schema_in_words(*request.schema));
    return text;
}

std::optional<std::string_view> native_items(const message& turn, std::string_view provider) {
    if (!turn.native || turn.native->provider != provider) return std::nullopt;
    const auto parsed = parse_json(turn.native->json);
    if (!parsed || !parsed->is_array() || parsed->get_array().empty()) return std::nullopt;
    const std::string_view array = trimmed(turn.native->json);
    return trimmed(array.substr(1, array.size() - 2));
}

}  // namespace riva::llm
