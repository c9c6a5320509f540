#include "../http_text.hpp"
#include "../json_text.hpp"
#include "../server_error.hpp"
#include "../utf8.hpp"
#include "dialect.hpp"
#include "openai_chunk.hpp"
#include "openai_request.hpp"

#include <boost/json/serialize.hpp>

#include <optional>
#include <utility>

namespace riva::llm {
namespace {

namespace json = boost::json;
using openai_chat::chunk;
using openai_chat::chunk_parser;
using openai_chat::tool_fragment;

stop_reason read_finish_reason(std::string_view reason) {
    if (reason == "stop") return stop_reason::end_turn;
    if (reason == "length") return stop_reason::max_tokens;
    if (reason == "content_filter") return stop_reason::content_filter;
    if (reason == "tool_calls" || reason == "function_call") return stop_reason::tool_calls;
    return stop_reason::other;
}

/// Which tool call a piece belongs to. Servers number the pieces, or name the call in each, or do
/// neither.
class call_table {
public:
    /// The call's number in `into`, begun if need be.
    std::size_t find(answer& into, const tool_fragment& piece) {
        const open_call* known = look_up(piece);
        if (known != nullptr) return known->number;
        const std::size_t number = into.begin_tool_call(piece.id, piece.name);
        calls_.push_back({piece.index, piece.id, number});
        return number;
    }

private:
    struct open_call {
        std::optional<std::int64_t> index;
        std::string id;
        std::size_t number;
    };

    const open_call* look_up(const tool_fragment& piece) const {
        for (auto at = calls_.rbegin(); at != calls_.rend(); ++at) {
            const bool same_id = piece.id.empty() || piece.id == at->id;
            if (piece.index && at->index == piece.index) return same_id ? &*at : nullptr;
            if (!piece.index && !piece.id.empty() && same_id) return &*at;
            if (!piece.index && piece.id.empty() && piece.name.empty()) return &*at;
        }
        return nullptr;
    }

    std::vector<open_call> calls_;
};

class chat_decoder final : public answer_decoder {
public:
    explicit chat_decoder(answer& into) : into_(into) {}

    result<void> take_event(std::string_view type, std::string_view data) override;
    result<void> take_whole(std::string_view body) override;
    bool ended() const override { return ended_; }

private:
    error malformed(std::string_view why) const {
        return {
            errc::malformed_answer,
            into_.from().who + " sent a malformed answer: " + std::string(why)
        };
    }
    error explain_error(std::string_view text) const;
    result<void> take(std::string_view text, const std::string& complaint);
    result<void> take_tool_calls(std::string_view text);

    answer& into_;
    chunk_parser parser_;
    call_table calls_;
    bool ended_ = false;
};

error chat_decoder::explain_error(std::string_view text) const {
    const auto& [who, key_name] = into_.from();
    return explain(200, read_error_body(text), who, key_name);
}

/// The arguments that a server sends as an object instead of a text.
std::string arguments_of(std::string_view text, std::size_t number) {
    const auto parsed = parse_json(text);
    if (!parsed) return {};
    error_code ec;
    const json::value* message = parsed->find_pointer("/choices/0/delta", ec);
    if (message == nullptr) message = parsed->find_pointer("/choices/0/message", ec);
    if (message == nullptr) return {};
    const std::string path = "/tool_calls/" + std::to_string(number) + "/function/arguments";
    const json::value* found = message->find_pointer(path, ec);
    if (found == nullptr) found = message->find_pointer("/function_call/arguments", ec);
    return found == nullptr ? std::string() : json::serialize(*found);
}

result<void> chat_decoder::take_tool_calls(std::string_view text) {
    const chunk& read = parser_.read();
    for (std::size_t i = 0; i < read.tool_count; ++i) {
        const tool_fragment& piece = read.tools[i];
        const std::size_t call = calls_.find(into_, piece);
        if (piece.arguments_are_object)
            into_.add_arguments(call, arguments_of(text, i));
        else
            into_.add_arguments(call, piece.arguments);
    }
    if (into_.objection()) return *into_.objection();
    return {};
}

/// What the parser has read of the text, and what it has against it.
result<void> chat_decoder::take(std::string_view text, const std::string& complaint) {
    const chunk& read = parser_.read();
    if (read.reports_error) return explain_error(text);
    if (!complaint.empty()) return malformed(complaint);
    into_.start(read.id, read.model);
    into_.add_reasoning(read.reasoning);
    into_.add_text(read.text);
    into_.add_refusal(read.refusal);
    if (read.tool_count > 0)
        if (auto taken = take_tool_calls(text); !taken) return taken;
    if (read.usage) into_.count(*read.usage);
    if (read.finish_reason.empty()) return {};
    if (read.finish_reason == "error") return explain_error("{}");
    into_.stop(read_finish_reason(read.finish_reason));
    return {};
}

result<void> chat_decoder::take_event(std::string_view type, std::string_view data) {
    const std::string_view text = trimmed(data);
    if (ended_ || text.empty()) return {};
    if (text == "[DONE]") {
        ended_ = true;
        return {};
    }
    if (type == "error") return explain_error(text);
    return take(text, parser_.parse(text));
}

result<void> chat_decoder::take_whole(std::string_view body) {
    if (auto taken = take(body, parser_.parse_once(body)); !taken) return taken;
    if (into_.stopped()) return {};
    return malformed(parser_.read().choice_seen ? "it has no finish_reason" : "it has no choices");
}

class chat_dialect final : public dialect {
public:
    wire_request encode(
        const chat_request& request, std::string_view model, const profile& server, std::string_view
    ) const override {
        return {"/chat/completions", {}, openai_chat::encode(request, model, server)};
    }

    std::unique_ptr<answer_decoder> make_decoder(
        answer& into, const chat_request&, std::string_view
    ) const override {
        return std::make_unique<chat_decoder>(into);
    }
};

}  // namespace

const dialect& openai_chat_dialect() {
    static const chat_dialect the;
    return the;
}

}  // namespace riva::llm
