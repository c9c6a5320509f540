#include "answer_text.hpp"

#include "http_text.hpp"
#include "json_text.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/stream_parser.hpp>

namespace riva::llm {
namespace {

error mismatch(std::string why) {
    return {errc::schema_mismatch, std::move(why)};
}

/// The answer after its thoughts.
std::string_view without_thoughts(std::string_view text) {
    constexpr std::string_view open = "<think>";
    constexpr std::string_view close = "</think>";
    text = trimmed(text);
    while (text.starts_with(open)) {
        const std::size_t end = text.find(close);
        if (end == text.npos) return {};
        text = trimmed(text.substr(end + close.size()));
    }
    return text;
}

/// Whether a JSON container may begin here: braces of prose and of code are no candidates.
bool begins_container(std::string_view text) {
    const std::size_t next = text.find_first_not_of(" \t\r\n", 1);
    if (next == text.npos) return true;
    const char c = text[next];
    if (text[0] == '{') return c == '"' || c == '}';
    return c == '{' || c == '[' || c == '"' || c == ']' || c == '-' || (c >= '0' && c <= '9');
}

std::size_t find_container(std::string_view text, char bracket, std::size_t from) {
    for (std::size_t at = text.find(bracket, from); at != text.npos;
         at = text.find(bracket, at + 1))
        if (begins_container(text.substr(at))) return at;
    return text.npos;
}

/// How long the value is with which `text` begins.
result<std::size_t> measure(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = json_depth;
    boost::json::stream_parser parser({}, options);
    error_code ec;
    const std::size_t used = parser.write_some(text.data(), text.size(), ec);
    if (ec)
        return mismatch(
            "the JSON is broken at byte " + std::to_string(used) + " of it: " + ec.message()
        );
    if (!parser.done()) return mismatch("the JSON ends before its last bracket");
    return used;
}

/// The only JSON container of that kind. A broken one ends the search: what stands inside it must
/// not be taken for the answer.
result<std::string_view> only_container(std::string_view text, char bracket) {
    const std::size_t at = find_container(text, bracket, 0);
    if (at == text.npos)
        return mismatch(std::string("the answer holds no JSON value that begins with ") + bracket);
    const auto size = measure(text.substr(at));
    if (!size) return size.error();
    if (find_container(text, bracket, at + *size) != text.npos)
        return mismatch("the answer holds more than one JSON value");
    return trimmed(text.substr(at, *size));
}

}  // namespace

result<std::string> read_answer(std::string_view answer, const json_schema& schema) {
    const std::string_view text = without_thoughts(answer);
    if (text.empty()) return mismatch("the answer is empty");
    const char bracket = schema.opening_bracket();
    result<std::string_view> bare = text;
    if (bracket != 0 && text[0] != bracket) bare = only_container(text, bracket);
    if (bracket != 0 && text[0] == bracket && !text.ends_with(bracket == '{' ? '}' : ']'))
        bare = only_container(text, bracket);
    if (!bare) return bare.error();
    const auto parsed = parse_json(*bare);
    if (!parsed) return mismatch("the answer is " + parsed.error().context);
    if (const auto why = schema.mismatch(*parsed)) return mismatch(*why);
    return std::string(*bare);
}

}  // namespace riva::llm
