#include "scripted/event_stream.hpp"
#include "scripted/openai_refusal.hpp"
#include "scripted/plain_response.hpp"
#include "scripted/request_check.hpp"
#include "scripted/responder.hpp"
#include "scripted/spoken.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

std::string json_text(std::string_view text) {
    return json::serialize(json::value(text));
}

std::string usage_json(const answer& a, const spoken& said) {
    return json::serialize(json::object{
        {"prompt_tokens", said.prompt_tokens},
        {"completion_tokens", said.completion_tokens},
        {"total_tokens", said.prompt_tokens + said.completion_tokens},
        {"prompt_tokens_details", {{"cached_tokens", a.usage.cached}}},
        {"completion_tokens_details", {{"reasoning_tokens", a.usage.reasoning}}},
    });
}

/// What all parts of one answer begin with.
std::string opening(const question& q, const exchange& e, std::string_view object) {
    return R"({"id":"chatcmpl-)" + std::to_string(e.number) + R"(","object":")" +
           std::string(object) + R"(","created":)" + std::to_string(e.created) + R"(,"model":)" +
           json_text(q.model) + R"(,"system_fingerprint":"fp_scripted")";
}

std::string failure_body(const fault& f) {
    if (!f.error_event->body.empty()) return R"({"error":)" + f.error_event->body + "}";
    return R"({"error":{"message":"The server had an error","type":"server_error",)"
           R"("param":null,"code":null}})";
}

/// A call as far as it does not depend on streaming: `"id":...,"type":"function","function":{`.
std::string call_head(const tool_call& call, const fault& f) {
    const std::string id = f.calls == call_fault::no_id ? "" : "\"id\":" + json_text(call.id) + ",";
    return id + R"("type":"function","function":{"name":)" + json_text(call.name) +
           R"(,"arguments":)";
}

std::string message_json(const answer& a, const spoken& said) {
    std::string message = R"({"role":"assistant","content":)" +
                          (said.text ? json_text(*said.text) : "null") + R"(,"refusal":)" +
                          (said.refusal.empty() ? "null" : json_text(said.refusal));
    if (!said.reasoning.empty()) message += R"(,"reasoning_content":)" + json_text(said.reasoning);
    for (std::size_t i = 0; i < said.calls.size(); ++i)
        message += (i == 0 ? R"(,"tool_calls":[{)" : ",{") + call_head(said.calls[i], a.fault) +
                   json_text(said.calls[i].arguments) + "}}";
    return message + (said.calls.empty() ? "}" : "]}");
}

response whole_answer(const question& q, const answer& a, exchange e) {
    const spoken said = speak(q, a, e.number);
    std::string body = opening(q, e, "chat.completion") + R"(,"choices":[{"index":0,"message":)" +
                       message_json(a, said) + R"(,"logprobs":null,"finish_reason":)" +
                       (a.fault.without_finish ? "null" : json_text(said.finish)) + "}]";
    if (a.usage.sent) body += R"(,"usage":)" + usage_json(a, said);
    response r = whole_response(
        a,
        body + "}",
        a.fault.error_event ? failure_body(a.fault) : "",
        e.pace.first_token() + e.pace.tokens(said.completion_tokens)
    );
    r.prompt_tokens = said.prompt_tokens;
    r.completion_tokens = said.completion_tokens;
    return r;
}

/// A streamed answer, event by event.
class chunk_writer {
public:
    chunk_writer(const question& q, const answer& a, exchange e)
        : answer_(a),
          exchange_(e),
          opening_(opening(q, e, "chat.completion.chunk") + R"(,"choices":)"),
          closing_(q.include_usage ? R"(,"usage":null})" : "}"),
          stream_(stream_format::events, a.fault, [&f = a.fault] {
              return stream_event{"", failure_body(f)};
          }) {}

    response write(const spoken& said, bool include_usage) {
        const std::string first = said.text || !said.reasoning.empty() ? R"("")" : "null";
        stream_.chunk(
            part(R"({"role":"assistant","content":)" + first + R"(,"refusal":null})"),
            exchange_.pace.first_token()
        );
        say("reasoning_content", said.reasoning);
        say("content", said.text_or_empty());
        say("refusal", said.refusal);
        for (std::size_t i = 0; i < said.calls.size(); ++i) call(said.calls[i], i);
        if (!answer_.fault.without_finish) stream_.chunk(part("{}", json_text(said.finish)));
        stream_.no_more_chunks();
        if (include_usage && answer_.usage.sent)
            stream_.event({"", opening_ + R"([],"usage":)" + usage_json(answer_, said) + "}"});
        if (!answer_.fault.without_done) stream_.event({"", "[DONE]"});
        return stream_.finish();
    }

private:
    stream_event part(const std::string& delta, const std::string& finish = "null") const {
        return {
            "",
            opening_ + R"([{"index":0,"delta":)" + delta + R"(,"logprobs":null,"finish_reason":)" +
                finish + "}]" + closing_
        };
    }

    void say(std::string_view member, std::string_view text) {
        for (const std::string_view token : tokens_of(text)) {
            const auto wait = first_ ? std::chrono::nanoseconds{} : exchange_.pace.token();
            stream_.delta(part("{\"" + std::string(member) + "\":" + json_text(token) + "}"), wait);
            first_ = false;
        }
    }

    void call(const tool_call& c, std::size_t position) {
        const call_fault f = answer_.fault.calls;
        const std::size_t index = f == call_fault::same_index ? 0 : position;
        const std::string head =
            R"({"tool_calls":[{)" +
            (f == call_fault::no_index ? "" : R"("index":)" + std::to_string(index) + ",");
        stream_.chunk(part(head + call_head(c, answer_.fault) + R"(""}}]})"));
        for (const std::string_view token : tokens_of(c.arguments))
            stream_.chunk(
                part(head + R"("function":{"arguments":)" + json_text(token) + "}}]}"),
                exchange_.pace.token()
            );
    }

    const answer& answer_;
    exchange exchange_;
    std::string opening_;
    std::string closing_;
    event_stream stream_;
    bool first_ = true;  // the first token comes with the role
};

response streamed_answer(const question& q, const answer& a, exchange e) {
    const spoken said = speak(q, a, e.number);
    response r = chunk_writer(q, a, e).write(said, q.include_usage);
    r.prompt_tokens = said.prompt_tokens;
    r.completion_tokens = said.completion_tokens;
    return r;
}

class chat_responder : public responder {
public:
    std::string_view name() const override { return "openai"; }

    bool serves(std::string_view path) const override {
        return path == "/v1/chat/completions" || path == "/chat/completions" ||
               (path.starts_with("/openai/deployments/") && path.ends_with("/chat/completions"));
    }

    answered<question> read(const http_call& call) const override {
        return check_chat_request(call.body);
    }

    response write(const question& q, const answer& a, exchange e) const override {
        return q.stream ? streamed_answer(q, a, e) : whole_answer(q, a, e);
    }

    std::string error(const request_refusal& r) const override { return openai_error(r); }
};

}  // namespace

std::unique_ptr<responder> make_chat_responder() {
    return std::make_unique<chat_responder>();
}

}  // namespace riva::llm::scripted
