#include "../http_text.hpp"
#include "../json_members.hpp"
#include "dialect.hpp"
#include "json_event.hpp"
#include "ollama_request.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <string>

namespace riva::llm {
namespace {

namespace json = boost::json;

stop_reason read_done_reason(std::string_view reason) {
    if (reason == "stop" || reason.empty()) return stop_reason::end_turn;
    return reason == "length" ? stop_reason::max_tokens : stop_reason::other;
}

/// An object; some servers write it as a text, as in Chat Completions. Anything else is left for
/// the check of the whole answer to refuse.
std::string read_arguments(const json::object& function) {
    const json::value* arguments = function.if_contains("arguments");
    if (arguments == nullptr || arguments->is_null()) return "{}";
    if (arguments->is_string()) return std::string(text_member(function, "arguments"));
    return json::serialize(*arguments);
}

/// A server that keeps a smaller context than it was asked for drops the beginning of the prompt
/// without a word. What it read then fills its context, whose size is a multiple of 1024, to the
/// last token; or a part of the prompt was left out, and no text needs less than a quarter of the
/// estimate of one token for four bytes.
bool was_cut(std::int64_t read, std::int64_t expected) {
    constexpr std::int64_t worth_a_look = 1024;
    if (expected <= worth_a_look) return false;
    const bool filled = read > 0 && read % 1024 == 0 && read < expected - expected / 4;
    return filled || (expected > 4 * worth_a_look && read < expected / 4);
}

/// Reads lines of JSON, of which the last says that it is done, or one whole answer.
class chat_lines_decoder final : public answer_decoder {
public:
    chat_lines_decoder(answer& into, const chat_request& request)
        : into_(into), expected_input_(estimate_tokens(request)) {}

    result<void> take_event(std::string_view type, std::string_view data) override;
    result<void> take_whole(std::string_view body) override;
    bool ended() const override { return ended_; }

private:
    result<void> take_calls(const json::array& calls);
    result<void> end(const json::object& line);

    answer& into_;
    std::int64_t expected_input_;
    bool ended_ = false;
};

// Calls come whole and without ids.
result<void> chat_lines_decoder::take_calls(const json::array& calls) {
    for (const json::value& each : calls) {
        const json::object* call = each.is_object() ? &each.get_object() : nullptr;
        const json::object* function = call == nullptr ? nullptr : object_member(*call, "function");
        if (function == nullptr)
            return malformed_answer(into_.from(), "a tool call names no function");
        const std::size_t number = into_.begin_tool_call({}, text_member(*function, "name"));
        into_.add_arguments(number, read_arguments(*function));
        into_.end_tool_call(number);
    }
    if (into_.objection()) return *into_.objection();
    return {};
}

result<void> chat_lines_decoder::end(const json::object& line) {
    ended_ = true;
    const auto input = count_member(line, "prompt_eval_count");
    const auto output = count_member(line, "eval_count");
    if (input && output) into_.count({.input = *input, .output = *output});
    if (input && was_cut(*input, expected_input_))
        return error{
            errc::bad_request,
            into_.from().who + " read only " + std::to_string(*input) + " of about " +
                std::to_string(expected_input_) +
                " tokens; give the server a larger context, or ask for less"
        };
    into_.stop(read_done_reason(text_member(line, "done_reason")));
    return {};
}

result<void> chat_lines_decoder::take_event(std::string_view type, std::string_view data) {
    const std::string_view text = trimmed(data);
    if (ended_ || text.empty()) return {};
    const auto line = read_json_event(into_.from(), type, text);
    if (!line) return line.error();
    into_.start({}, text_member(*line, "model"));
    if (const json::object* message = object_member(*line, "message")) {
        into_.add_reasoning(text_member(*message, "thinking"));
        into_.add_text(text_member(*message, "content"));
        if (const json::array* calls = array_member(*message, "tool_calls"))
            if (auto taken = take_calls(*calls); !taken) return taken;
    }
    const json::value* done = line->if_contains("done");
    if (done != nullptr && done->is_bool() && done->get_bool()) return end(*line);
    return {};
}

result<void> chat_lines_decoder::take_whole(std::string_view body) {
    if (auto taken = take_event({}, body); !taken) return taken;
    if (into_.stopped()) return {};
    return malformed_answer(into_.from(), "it does not say that it is done");
}

class chat_lines_dialect final : public dialect {
public:
    wire_request encode(
        const chat_request& request, std::string_view model, const profile& server, std::string_view
    ) const override {
        return {"/api/chat", {}, ollama::encode(request, model, server)};
    }

    std::unique_ptr<answer_decoder> make_decoder(
        answer& into, const chat_request& request, std::string_view
    ) const override {
        return std::make_unique<chat_lines_decoder>(into, request);
    }
};

}  // namespace

const dialect& ollama_dialect() {
    static const chat_lines_dialect the;
    return the;
}

}  // namespace riva::llm
