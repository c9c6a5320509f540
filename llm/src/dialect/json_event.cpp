#include "json_event.hpp"

#include "../json_text.hpp"
#include "../server_error.hpp"

#include <utility>

namespace riva::llm {

error malformed_answer(const answerer& from, std::string_view why) {
    return {errc::malformed_answer, from.who + " sent a malformed answer: " + std::string(why)};
}

result<boost::json::object> read_json_event(
    const answerer& from, std::string_view type, std::string_view text
) {
    if (type == "error") return explain(200, read_error_body(text), from.who, from.key_name);
    auto parsed = parse_json(text);
    if (!parsed) return malformed_answer(from, parsed.error().context);
    if (const auto said = find_server_error(*parsed))
        return explain(200, *said, from.who, from.key_name);
    if (!parsed->is_object()) return malformed_answer(from, "it is no JSON object");
    return std::move(parsed->get_object());
}

}  // namespace riva::llm
