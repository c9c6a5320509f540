// The arguments of a tool call are the same however they come in pieces, and get out only as one
// JSON object that can be sent back. The first byte says how they are cut.
#include "answering.hpp"
#include "input.hpp"
#include "utf8.hpp"

#include <string>

namespace {

using namespace riva::llm;
using riva::fuzz::answered;

const chat_request request = riva::fuzz::request_with_tools();

answered in_pieces(std::string_view arguments, std::size_t width, bool repeated) {
    return riva::fuzz::answer_with([&](answer& got) {
        const std::size_t call = got.begin_tool_call("x", "f");
        riva::fuzz::in_pieces(arguments, width, [&](std::string_view piece) {
            got.add_arguments(call, piece);
            return true;
        });
        if (repeated) got.replace_arguments(call, arguments);
        got.end_tool_call(call);
        got.stop(stop_reason::tool_calls);
        return riva::result<void>();
    });
}

/// So many bytes, and as many more as the last character has.
std::size_t whole_characters(std::string_view text, std::size_t width) {
    std::size_t end = 0;
    while (end < text.size() && end < width) end += first_code_point(text.substr(end)).length;
    return end;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const code_point first = first_code_point(text);
        if (!first.valid) return false;
        text.remove_prefix(first.length);
    }
    return true;
}

std::string quoted(std::string_view text) {
    std::string made;
    append_json_string(made, text);
    return made;
}

/// The same as Chat Completions streams it.
answered over_chat(std::string_view arguments, std::size_t width) {
    return riva::fuzz::answer_with([&](answer& got) -> riva::result<void> {
        const auto decoder = openai_chat_dialect().make_decoder(got, request, "p");
        const std::string begin = R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{)";
        auto taken = decoder->take_event({}, begin + R"("name":"f"}}]}}]})");
        while (taken && !arguments.empty()) {
            const auto piece = arguments.substr(0, whole_characters(arguments, width));
            arguments.remove_prefix(piece.size());
            taken = decoder->take_event({}, begin + "\"arguments\":" + quoted(piece) + "}}]}}]}");
        }
        if (!taken) return taken;
        return decoder->take_event({}, R"({"choices":[{"delta":{},"finish_reason":"stop"}]})");
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = riva::fuzz::as_text(data + 1, size - 1);
    const std::size_t width = 1u + data[0];
    const answered all = in_pieces(text, size, false);
    const auto same = [&](const answered& other) {
        return other.why == all.why &&
               other.reply.tool_calls.size() == all.reply.tool_calls.size() &&
               (all.reply.tool_calls.empty() ||
                other.reply.tool_calls[0].arguments == all.reply.tool_calls[0].arguments);
    };
    riva::fuzz::must(same(in_pieces(text, 1, false)), "single bytes give the same arguments");
    riva::fuzz::must(same(in_pieces(text, width, false)), "any pieces give the same arguments");
    riva::fuzz::must(same(in_pieces(text, width, true)), "arguments repeated whole are the same");
    if (is_utf8(text)) riva::fuzz::must(same(over_chat(text, width)), "a stream changes nothing");
    riva::fuzz::must_be_sendable(all);
    return 0;
}
