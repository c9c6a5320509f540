#include "../http_text.hpp"
#include "../json_members.hpp"
#include "anthropic_blocks.hpp"
#include "anthropic_request.hpp"
#include "dialect.hpp"
#include "json_event.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <utility>

namespace riva::llm {
namespace {

namespace json = boost::json;

stop_reason read_stop_reason(std::string_view reason) {
    if (reason == "end_turn") return stop_reason::end_turn;
    if (reason == "max_tokens") return stop_reason::max_tokens;
    if (reason == "stop_sequence") return stop_reason::stop_sequence;
    if (reason == "tool_use") return stop_reason::tool_calls;
    if (reason == "pause_turn") return stop_reason::pause_turn;
    if (reason == "refusal") return stop_reason::refusal;
    if (reason == "model_context_window_exceeded") return stop_reason::context_exceeded;
    return stop_reason::other;
}

/// The counts of an answer, of which events repeat parts; each replaces the one before.
struct usage_so_far {
    std::optional<std::int64_t> input;  // without what went through the cache
    std::optional<std::int64_t> cache_read;
    std::optional<std::int64_t> cache_write;
    std::optional<std::int64_t> output;

    void update(const json::object* usage) {
        if (usage == nullptr) return;
        const auto replace = [&](auto& member, std::string_view key) {
            if (const auto count = count_member(*usage, key)) member = count;
        };
        replace(input, "input_tokens");
        replace(cache_read, "cache_read_input_tokens");
        replace(cache_write, "cache_creation_input_tokens");
        replace(output, "output_tokens");
    }

    /// Nothing when the server counts only a part, or sends zeros instead of counts.
    std::optional<token_usage> total() const {
        token_usage sum;
        if (!input || !output) return std::nullopt;
        sum.cached = cache_read.value_or(0);
        sum.cache_write = cache_write.value_or(0);
        sum.input = *input + sum.cached + sum.cache_write;
        sum.output = *output;
        if (sum.input == 0 && sum.output == 0) return std::nullopt;
        return sum;
    }
};

class messages_decoder final : public answer_decoder {
public:
    messages_decoder(answer& into, std::string_view provider)
        : into_(into), blocks_(into), provider_(provider) {}

    result<void> take_event(std::string_view type, std::string_view data) override;
    result<void> take_whole(std::string_view body) override;
    bool ended() const override { return ended_; }

private:
    result<void> take(std::string_view kind, const json::object& event);
    result<void> take_block(std::string_view kind, const json::object& event);
    void take_ending(const json::object& of);
    result<void> end_turn();
    error malformed(std::string_view why) const { return malformed_answer(into_.from(), why); }

    answer& into_;
    anthropic::block_list blocks_;
    std::string provider_;
    usage_so_far usage_;
    std::string stop_reason_;
    bool ended_ = false;
};

result<void> messages_decoder::take_block(std::string_view kind, const json::object& event) {
    const auto index = count_member(event, "index");
    if (!index) return malformed("a content block has no index");
    if (kind == "content_block_stop") {
        blocks_.end(*index);
        return {};
    }
    const bool begins = kind == "content_block_start";
    const json::object* what = object_member(event, begins ? "content_block" : "delta");
    if (what == nullptr) return malformed("a content block is empty");
    return begins ? blocks_.begin(*index, *what) : blocks_.add(*index, *what);
}

void messages_decoder::take_ending(const json::object& of) {
    if (const auto reason = text_member(of, "stop_reason"); !reason.empty()) stop_reason_ = reason;
}

/// The counts are given out here and not when the answer begins: half of an answer has a price that
/// the server has not told.
result<void> messages_decoder::end_turn() {
    if (const auto total = usage_.total()) into_.count(*total);
    if (stop_reason_.empty()) return malformed("it ends without a stop_reason");
    into_.stop(read_stop_reason(stop_reason_));
    if (into_.so_far().stop == stop_reason::max_tokens) return {};
    if (auto ended = blocks_.end_all(); !ended) return ended;
    if (auto turn = blocks_.native()) into_.keep_native({provider_, std::move(*turn)});
    return {};
}

// Kinds of events that are not known here may come at any time and say nothing that is needed.
result<void> messages_decoder::take(std::string_view kind, const json::object& event) {
    if (kind == "message_start") {
        const json::object* message = object_member(event, "message");
        if (message == nullptr) return malformed("it begins without a message");
        into_.start(text_member(*message, "id"), text_member(*message, "model"));
        usage_.update(object_member(*message, "usage"));
    } else if (kind == "message_delta") {
        if (const json::object* delta = object_member(event, "delta")) take_ending(*delta);
        usage_.update(object_member(event, "usage"));
    } else if (kind == "message_stop") {
        ended_ = true;
        return end_turn();
    } else if (kind.starts_with("content_block_")) {
        return take_block(kind, event);
    }
    return {};
}

result<void> messages_decoder::take_event(std::string_view type, std::string_view data) {
    const std::string_view text = trimmed(data);
    if (ended_ || text.empty() || text == "[DONE]") return {};
    const auto event = read_json_event(into_.from(), type, text);
    if (!event) return event.error();
    const std::string_view kind = text_member(*event, "type");
    if (auto taken = take(kind.empty() ? type : kind, *event); !taken) return taken;
    if (into_.objection()) return *into_.objection();
    return {};
}

result<void> messages_decoder::take_whole(std::string_view body) {
    const auto message = read_json_event(into_.from(), {}, body);
    if (!message) return message.error();
    const json::array* content = array_member(*message, "content");
    if (content == nullptr) return malformed("it has no content");
    into_.start(text_member(*message, "id"), text_member(*message, "model"));
    std::int64_t index = 0;
    for (const json::value& each : *content) {
        if (!each.is_object()) return malformed("a content block is no object");
        if (auto begun = blocks_.begin(index, each.get_object()); !begun) return begun;
        blocks_.end(index++);
        if (into_.objection()) return *into_.objection();
    }
    take_ending(*message);
    usage_.update(object_member(*message, "usage"));
    return end_turn();
}

class messages_dialect final : public dialect {
public:
    wire_request encode(
        const chat_request& request,
        std::string_view model,
        const profile& server,
        std::string_view provider
    ) const override {
        return {
            "/v1/messages",
            {{"anthropic-version", std::string(server.version)}},
            anthropic::encode(request, model, server, provider)
        };
    }

    std::unique_ptr<answer_decoder> make_decoder(
        answer& into, const chat_request&, std::string_view provider
    ) const override {
        return std::make_unique<messages_decoder>(into, provider);
    }
};

}  // namespace

const dialect& anthropic_dialect() {
    static const messages_dialect the;
    return the;
}

}  // namespace riva::llm
