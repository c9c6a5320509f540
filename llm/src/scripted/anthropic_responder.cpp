#include "scripted/anthropic_check.hpp"
#include "scripted/event_stream.hpp"
#include "scripted/plain_response.hpp"
#include "scripted/responder.hpp"
#include "scripted/spoken.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

std::string stop_reason(const spoken& said) {
    if (!said.refusal.empty() || said.finish == "content_filter") return "refusal";
    if (said.finish == "stop") return "end_turn";
    if (said.finish == "length") return "max_tokens";
    if (said.finish == "tool_calls") return "tool_use";
    if (said.finish == "context_exceeded") return "model_context_window_exceeded";
    return said.finish;
}

std::string error_type(unsigned status) {
    switch (status) {
        case 401: return "authentication_error";
        case 402: return "billing_error";
        case 403: return "permission_error";
        case 404: return "not_found_error";
        case 409: return "conflict_error";
        case 413: return "request_too_large";
        case 429: return "rate_limit_error";
        case 504: return "timeout_error";
        case 529: return "overloaded_error";
        default: return status >= 500 ? "api_error" : "invalid_request_error";
    }
}

std::string failure_json(const fault& f) {
    const std::string error = f.error_event->body.empty()
                                  ? R"({"type":"overloaded_error","message":"Overloaded"})"
                                  : f.error_event->body;
    return R"({"type":"error","error":)" + error + R"(,"request_id":"req_scripted"})";
}

json::object usage_object(const answer& a, const spoken& said, std::int64_t output) {
    const std::int64_t fresh = said.prompt_tokens - a.usage.cached - a.usage.cache_write;
    return {
        {"input_tokens", std::max<std::int64_t>(fresh, 0)},
        {"cache_creation_input_tokens", a.usage.cache_write},
        {"cache_read_input_tokens", a.usage.cached},
        {"output_tokens", output},
    };
}

json::object message_object(
    const question& q, const answer& a, const spoken& said, const exchange& e, std::int64_t output
) {
    json::object message{
        {"id", "msg_" + std::to_string(e.number)},
        {"type", "message"},
        {"role", "assistant"},
        {"model", q.model},
        {"content", json::array{}},
        {"stop_reason", nullptr},
        {"stop_sequence", nullptr},
    };
    if (a.usage.sent) message["usage"] = usage_object(a, said, output);
    return message;
}

/// What the model says in one block, and as what.
struct block {
    enum class kind { thinking, text, tool_use } is = kind::text;
    std::string_view text;
    const tool_call* call = nullptr;
};

std::vector<block> blocks_of(const spoken& said) {
    std::vector<block> blocks;
    if (!said.reasoning.empty() || !said.signature.empty())
        blocks.push_back({block::kind::thinking, said.reasoning});
    if (!said.refusal.empty())
        blocks.push_back({block::kind::text, said.refusal});
    else if (said.text)
        blocks.push_back({block::kind::text, *said.text});
    for (const tool_call& call : said.calls)
        blocks.push_back({block::kind::tool_use, call.arguments, &call});
    return blocks;
}

/// A block of JSON: whole, or as it begins.
std::string block_json(const block& b, const spoken& said, const fault& f, bool begins) {
    if (b.is == block::kind::text)
        return json::serialize(json::object{{"type", "text"}, {"text", begins ? "" : b.text}});
    if (b.is == block::kind::thinking)
        return json::serialize(json::object{
            {"type", "thinking"},
            {"thinking", begins ? "" : b.text},
            {"signature", begins ? "" : said.signature},
        });
    json::object use{{"type", "tool_use"}, {"id", b.call->id}, {"name", b.call->name}};
    if (f.calls == call_fault::no_id) use.erase("id");
    std::string text = json::serialize(use);
    text.back() = ',';
    return text + "\"input\":" + (begins ? "{}" : object_text(*b.call)) + "}";
}

response whole_answer(const question& q, const answer& a, const spoken& said, exchange e) {
    json::object message = message_object(q, a, said, e, said.completion_tokens);
    if (!a.fault.without_finish) message["stop_reason"] = stop_reason(said);
    message.erase("content");
    std::string content;
    for (const block& b : blocks_of(said))
        content += (content.empty() ? "" : ",") + block_json(b, said, a.fault, false);
    // The arguments of a call are put in as they were scripted, which need not be JSON.
    std::string body = json::serialize(message);
    body.back() = ',';
    body += "\"content\":[" + content + "]}";
    const auto wait = e.pace.first_token() + e.pace.tokens(said.completion_tokens);
    const std::string failed = a.fault.error_event ? failure_json(a.fault) : "";
    return whole_response(a, std::move(body), failed, wait);
}

/// A streamed answer, event by event.
class message_writer {
public:
    message_writer(const answer& a, const spoken& said, exchange e)
        : answer_(a),
          said_(said),
          exchange_(e),
          stream_(stream_format::named_events, a.fault, [&f = a.fault] {
              return stream_event{"error", failure_json(f)};
          }) {}

    response write(const question& q) {
        stream_.set_heartbeat({"ping", R"({"type":"ping"})"});
        const json::object message = message_object(q, answer_, said_, exchange_, 1);
        stream_.chunk(
            {"message_start",
             R"({"type":"message_start","message":)" + json::serialize(message) + "}"},
            exchange_.pace.first_token()
        );
        std::size_t index = 0;
        for (const block& b : blocks_of(said_)) {
            index_ = answer_.fault.calls == call_fault::same_index ? 0 : index;
            write_block(b);
            if (index++ == 0) stream_.event({"ping", R"({"type":"ping"})"});
        }
        json::object delta{{"stop_reason", stop_reason(said_)}, {"stop_sequence", nullptr}};
        if (answer_.fault.without_finish) delta["stop_reason"] = nullptr;
        json::object end{{"type", "message_delta"}, {"delta", std::move(delta)}};
        if (answer_.usage.sent)
            end["usage"] = usage_object(answer_, said_, said_.completion_tokens);
        stream_.chunk({"message_delta", json::serialize(end)});
        stream_.no_more_chunks();
        if (!answer_.fault.without_done)
            stream_.event({"message_stop", R"({"type":"message_stop"})"});
        return stream_.finish();
    }

private:
    stream_event at(const std::string& type, const std::string& member, const std::string& value) {
        std::string data = R"({"type":")" + type + "\"";
        if (answer_.fault.calls != call_fault::no_index)
            data += ",\"index\":" + std::to_string(index_);
        if (!member.empty()) data += ",\"" + member + "\":" + value;
        return {type, data + "}"};
    }

    stream_event delta(const char* type, const char* member, std::string_view value) {
        return at(
            "content_block_delta",
            "delta",
            json::serialize(json::object{{"type", type}, {member, value}})
        );
    }

    void write_block(const block& b) {
        stream_.chunk(
            at("content_block_start", "content_block", block_json(b, said_, answer_.fault, true))
        );
        const char* type = "text_delta";
        const char* member = "text";
        if (b.is == block::kind::thinking) type = "thinking_delta", member = "thinking";
        if (b.is == block::kind::tool_use) type = "input_json_delta", member = "partial_json";
        for (const std::string_view token : tokens_of(b.text)) {
            const auto wait = first_ ? std::chrono::nanoseconds{} : exchange_.pace.token();
            first_ = false;
            stream_.delta(delta(type, member, token), wait);
        }
        if (b.is == block::kind::thinking && !said_.signature.empty())
            stream_.chunk(delta("signature_delta", "signature", said_.signature));
        stream_.chunk(at("content_block_stop", "", ""));
    }

    const answer& answer_;
    const spoken& said_;
    exchange exchange_;
    event_stream stream_;
    std::size_t index_ = 0;
    bool first_ = true;
};

class anthropic_responder : public responder {
public:
    std::string_view name() const override { return "anthropic"; }

    bool serves(std::string_view path) const override {
        return path == "/v1/messages" || path == "/v1/messages/count_tokens";
    }

    answered<question> read(const http_call& call) const override {
        return check_anthropic_request(call, call.path().ends_with("/count_tokens"));
    }

    response write(const question& q, const answer& a, exchange e) const override {
        const spoken said = speak(q, a, e.number, "toolu_");
        response r = q.stream ? message_writer(a, said, e).write(q) : whole_answer(q, a, said, e);
        r.prompt_tokens = said.prompt_tokens;
        r.completion_tokens = said.completion_tokens;
        return r;
    }

    std::string count(const question& q) const override {
        return json::serialize(json::object{{"input_tokens", prompt_tokens(q)}});
    }

    std::string error(const request_refusal& r) const override {
        return json::serialize(json::object{
            {"type", "error"},
            {"error", {{"type", error_type(r.status)}, {"message", r.message}}},
            {"request_id", "req_scripted"},
        });
    }

    std::string_view request_id_field() const override { return "request-id"; }
};

}  // namespace

std::unique_ptr<responder> make_anthropic_responder() {
    return std::make_unique<anthropic_responder>();
}

}  // namespace riva::llm::scripted
