#include "../http_text.hpp"
#include "../json_members.hpp"
#include "../json_text.hpp"
#include "../utf8.hpp"
#include "dialect.hpp"
#include "gemini_request.hpp"
#include "json_event.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace riva::llm {
namespace {

namespace json = boost::json;

constexpr std::array filtered{
    std::string_view("SAFETY"),
    std::string_view("RECITATION"),
    std::string_view("BLOCKLIST"),
    std::string_view("PROHIBITED_CONTENT"),
    std::string_view("SPII"),
    std::string_view("IMAGE_SAFETY"),
};

// STOP also ends an answer with function calls.
stop_reason read_finish_reason(std::string_view reason) {
    if (reason == "STOP") return stop_reason::end_turn;
    if (reason == "MAX_TOKENS") return stop_reason::max_tokens;
    const bool stopped = std::ranges::find(filtered, reason) != filtered.end();
    return stopped ? stop_reason::content_filter : stop_reason::other;
}

/// The model called a function in a way that the provider itself could not read.
bool is_broken_call(std::string_view reason) {
    return reason == "MALFORMED_FUNCTION_CALL" || reason == "UNEXPECTED_TOOL_CALL" ||
           reason == "MALFORMED_TOOL_CALL";
}

std::optional<token_usage> read_usage(const json::object* usage) {
    if (usage == nullptr) return std::nullopt;
    const auto prompt = count_member(*usage, "promptTokenCount");
    if (!prompt) return std::nullopt;
    token_usage sum;
    sum.input = *prompt;
    sum.cached = count_member(*usage, "cachedContentTokenCount").value_or(0);
    sum.reasoning = count_member(*usage, "thoughtsTokenCount").value_or(0);
    sum.output = count_member(*usage, "candidatesTokenCount").value_or(0) + sum.reasoning;
    return sum;
}

bool is_true(const json::object& of, std::string_view key) {
    const json::value* found = of.if_contains({key.data(), key.size()});
    return found != nullptr && found->is_bool() && found->get_bool();
}

/// Reads answers that come as a stream of partial answers, or as one, or as a list of them. Nothing
/// but the end of the stream ends it.
class generate_decoder final : public answer_decoder {
public:
    generate_decoder(answer& into, std::string_view provider) : into_(into), provider_(provider) {}

    result<void> take_event(std::string_view type, std::string_view data) override;
    result<void> take_whole(std::string_view body) override;
    bool ended() const override { return false; }

private:
    result<void> take(const json::object& answer);
    result<void> take_candidate(const json::object& candidate);
    result<void> take_part(const json::object& part);
    result<void> take_call(const json::object& call);
    error malformed(std::string_view why) const { return malformed_answer(into_.from(), why); }

    answer& into_;
    std::string provider_;
    json::array parts_;  // of the turn, to be sent back
    std::optional<token_usage> usage_;
    bool signed_ = false;  // a part holds what only the provider can read
};

result<void> generate_decoder::take_call(const json::object& call) {
    const std::size_t number =
        into_.begin_tool_call(text_member(call, "id"), text_member(call, "name"));
    const json::value* arguments = call.if_contains("args");
    const bool none = arguments == nullptr || arguments->is_null();
    if (!none && !arguments->is_object()) return malformed("the args of a call are no object");
    into_.add_arguments(number, none ? "{}" : json::serialize(*arguments));
    into_.end_tool_call(number);
    return {};
}

result<void> generate_decoder::take_part(const json::object& part) {
    const std::string_view text = text_member(part, "text");
    if (is_true(part, "thought"))
        into_.add_reasoning(text);
    else
        into_.add_text(text);
    if (const json::object* call = object_member(part, "functionCall"))
        if (auto taken = take_call(*call); !taken) return taken;
    if (const json::value* seal = part.if_contains("thoughtSignature")) {
        into_.add_opaque("thoughtSignature", json::serialize(*seal));
        signed_ = true;
    }
    parts_.push_back(part);
    if (into_.objection()) return *into_.objection();
    return {};
}

result<void> generate_decoder::take_candidate(const json::object& candidate) {
    const json::object* content = object_member(candidate, "content");
    const json::array* parts = content == nullptr ? nullptr : array_member(*content, "parts");
    if (parts != nullptr)
        for (const json::value& each : *parts) {
            if (!each.is_object()) return malformed("a part of its content is no object");
            if (auto taken = take_part(each.get_object()); !taken) return taken;
        }
    const std::string_view reason = text_member(candidate, "finishReason");
    if (reason.empty()) return {};
    if (is_broken_call(reason))
        return malformed("the model's tool call could not be read (" + printable(reason, 60) + ")");
    into_.stop(read_finish_reason(reason));
    if (signed_) into_.keep_native({provider_, json::serialize(parts_)});
    return {};
}

result<void> generate_decoder::take(const json::object& answer) {
    into_.start(text_member(answer, "responseId"), text_member(answer, "modelVersion"));
    if (const auto usage = read_usage(object_member(answer, "usageMetadata"))) usage_ = usage;
    const json::array* candidates = array_member(answer, "candidates");
    if (candidates != nullptr && candidates->size() > 1)
        return malformed("it does not hold one candidate");
    if (candidates != nullptr && !candidates->empty()) {
        if (!candidates->front().is_object()) return malformed("its candidate is no object");
        auto taken = take_candidate(candidates->front().get_object());
        if (!taken) return taken;
    } else if (const json::object* feedback = object_member(answer, "promptFeedback")) {
        const std::string_view reason = text_member(*feedback, "blockReason");
        if (!reason.empty()) {
            into_.add_refusal("the prompt was blocked (" + std::string(reason) + ")");
            into_.stop(stop_reason::content_filter);
        }
    }
    // Half of an answer has a price that the server has not told.
    if (into_.stopped() && usage_) into_.count(*usage_);
    return {};
}

result<void> generate_decoder::take_event(std::string_view type, std::string_view data) {
    const std::string_view text = trimmed(data);
    if (text.empty() || text == "[DONE]") return {};
    const auto event = read_json_event(into_.from(), type, text);
    if (!event) return event.error();
    return take(*event);
}

result<void> generate_decoder::take_whole(std::string_view body) {
    const auto parsed = parse_json(body);
    if (!parsed || !parsed->is_array()) {
        if (auto taken = take_event({}, body); !taken) return taken;
    } else {
        for (const json::value& each : parsed->get_array())
            if (auto taken = take_event({}, json::serialize(each)); !taken) return taken;
    }
    if (into_.stopped()) return {};
    return malformed("it has no candidate with a finishReason");
}

/// The model in the path of a URL; `models/x` names the same as `x`.
std::string model_path(std::string_view model) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const bool whole = model.starts_with("models/") || model.starts_with("tunedModels/");
    std::string path = whole ? "/" : "/models/";
    for (const char c : model) {
        const bool plain = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            path += c;
        else
            path.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return path;
}

class generate_dialect final : public dialect {
public:
    wire_request encode(
        const chat_request& request,
        std::string_view model,
        const profile& server,
        std::string_view provider
    ) const override {
        std::string target = "/" + std::string(server.version) + model_path(model);
        target += request.stream ? ":streamGenerateContent?alt=sse" : ":generateContent";
        return {std::move(target), {}, gemini::encode(request, server, provider)};
    }

    std::unique_ptr<answer_decoder> make_decoder(
        answer& into, const chat_request&, std::string_view provider
    ) const override {
        return std::make_unique<generate_decoder>(into, provider);
    }
};

}  // namespace

const dialect& gemini_dialect() {
    static const generate_dialect the;
    return the;
}

}  // namespace riva::llm
