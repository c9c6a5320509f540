#include "scripted/spoken.hpp"

#include "scripted/schema_value.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

std::optional<std::string> spoilt(const std::string& text, const fault& f) {
    switch (f.content) {
        case content_fault::none: return text;
        case content_fault::null: return std::nullopt;
        case content_fault::empty: return "";
        case content_fault::not_json: return "Certainly! First I would look at the file.";
        case content_fault::fenced: return "```json\n" + text + "\n```";
        case content_fault::bad_utf8: break;
    }
    const std::size_t middle = text.size() / 2;
    return text.substr(0, middle) + "\xFF\xC3" + text.substr(middle);
}

/// The tool that must be called; none if the request leaves the model free.
const offered_tool* demanded(const question& q) {
    if (!q.call_demanded) return nullptr;
    const auto found = std::find_if(q.tools.begin(), q.tools.end(), [&](const offered_tool& t) {
        return q.demanded_tool.empty() || t.name == q.demanded_tool;
    });
    return found == q.tools.end() ? nullptr : &*found;
}

void make_up(const question& q, std::string_view choose, spoken& said) {
    if (const offered_tool* tool = demanded(q)) {
        said.calls = {{"", tool->name, json::serialize(smallest_value(tool->parameters, choose))}};
        said.text.reset();
    } else if (!q.schema.is_null()) {
        said.text = json::serialize(smallest_value(q.schema, choose));
    }
}

std::size_t size_of(const spoken& said) {
    std::size_t bytes = said.text.value_or("").size() + said.refusal.size() + said.reasoning.size();
    for (const tool_call& call : said.calls) bytes += call.name.size() + call.arguments.size();
    return bytes;
}

}  // namespace

spoken speak(const question& q, const answer& a, std::uint64_t number, std::string_view call_id) {
    spoken said;
    said.reasoning = a.reasoning;
    said.signature = a.signature;
    said.refusal = a.refusal;
    said.calls = a.calls;
    if (a.refusal.empty() && (a.calls.empty() || !a.text.empty())) said.text = a.text;
    if (a.from_schema) make_up(q, a.choose, said);
    if (said.text) said.text = spoilt(*said.text, a.fault);
    for (std::size_t i = 0; i < said.calls.size(); ++i) {
        tool_call& call = said.calls[i];
        if (call.id.empty())
            call.id = std::string(call_id) + std::to_string(number) + "_" + std::to_string(i);
        if (a.fault.calls == call_fault::truncated)
            call.arguments.resize((call.arguments.size() + 1) / 2);
    }
    said.finish = a.finish_reason;
    if (said.finish.empty()) said.finish = said.calls.empty() ? "stop" : "tool_calls";
    said.prompt_tokens = a.usage.prompt.value_or(prompt_tokens(q));
    said.completion_tokens = a.usage.completion.value_or(tokens_in(size_of(said)));
    return said;
}

std::vector<std::string_view> tokens_of(std::string_view text) {
    std::vector<std::string_view> tokens;
    while (!text.empty()) {
        std::size_t end = std::min<std::size_t>(4, text.size());
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
        tokens.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return tokens;
}

std::string object_text(const tool_call& call) {
    return call.arguments.empty() ? "{}" : call.arguments;
}

}  // namespace riva::llm::scripted
