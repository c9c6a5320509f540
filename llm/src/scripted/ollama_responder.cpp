#include "scripted/event_stream.hpp"
#include "scripted/ollama_check.hpp"
#include "scripted/plain_response.hpp"
#include "scripted/responder.hpp"
#include "scripted/spoken.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

constexpr std::int64_t nanoseconds_per_token = 10'000'000;

std::string rfc3339(std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    char text[32];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return {text, length};
}

std::string failure_json(const fault& f) {
    if (f.error_event->body.empty()) return R"({"error":"the model is overloaded"})";
    const json::value given = json::parse(f.error_event->body);
    const json::object* object = given.if_object();
    const json::value* message = object ? object->if_contains("message") : nullptr;
    return R"({"error":)" + (message ? json::serialize(*message) : f.error_event->body) + "}";
}

/// Writes the lines of an answer.
class line_writer {
public:
    line_writer(const question& q, const answer& a, const spoken& said, const exchange& e)
        : answer_(a), said_(said), context_tokens_(q.context_tokens) {
        opening_ = R"({"model":)" + json::serialize(json::value(q.model)) + R"(,"created_at":")" +
                   rfc3339(e.created) + R"(","message":{"role":"assistant","content":)";
    }

    std::string part(std::string_view member, std::string_view text) const {
        const std::string value = json::serialize(json::value(text));
        if (member == "content") return opening_ + value + R"(},"done":false})";
        return opening_ + R"("",")" + std::string(member) + "\":" + value + R"(},"done":false})";
    }

    std::string call(const tool_call& c) const {
        return opening_ + R"("","tool_calls":[)" + call_json(c) + R"(]},"done":false})";
    }

    std::string end() const { return opening_ + R"(""},)" + ending(); }

    std::string whole() const {
        const std::string text = said_.refusal.empty() ? said_.text.value_or("") : said_.refusal;
        std::string message = opening_ + json::serialize(json::value(text));
        if (!said_.reasoning.empty())
            message += R"(,"thinking":)" + json::serialize(json::value(said_.reasoning));
        for (std::size_t i = 0; i < said_.calls.size(); ++i)
            message += (i == 0 ? R"(,"tool_calls":[)" : ",") + call_json(said_.calls[i]);
        return message + (said_.calls.empty() ? "}," : "]},") + ending();
    }

private:
    static std::string call_json(const tool_call& c) {
        return R"({"function":{"name":)" + json::serialize(json::value(c.name)) +
               R"(,"arguments":)" + object_text(c) + "}}";
    }

    // Only what fits into the context is evaluated; the rest is cut off without a word.
    std::string ending() const {
        json::object end{{"done", true}};
        if (!answer_.fault.without_finish)
            end["done_reason"] = said_.finish == "tool_calls" ? "stop" : said_.finish;
        if (answer_.usage.sent) {
            const std::int64_t prompt = std::min(said_.prompt_tokens, context_tokens_);
            const std::int64_t prompt_time = prompt * nanoseconds_per_token;
            const std::int64_t time = said_.completion_tokens * nanoseconds_per_token;
            end["total_duration"] = prompt_time + time;
            end["load_duration"] = 0;
            end["prompt_eval_count"] = prompt;
            end["prompt_eval_duration"] = prompt_time;
            end["eval_count"] = said_.completion_tokens;
            end["eval_duration"] = time;
        }
        return json::serialize(end).substr(1);
    }

    const answer& answer_;
    const spoken& said_;
    std::int64_t context_tokens_;
    std::string opening_;
};

response streamed_answer(const answer& a, const spoken& said, const line_writer& line, exchange e) {
    event_stream stream(stream_format::lines, a.fault, [&] {
        return stream_event{"", failure_json(a.fault)};
    });
    bool first = true;
    const auto wait = [&] {
        return std::exchange(first, false) ? e.pace.first_token() : e.pace.token();
    };
    for (const std::string_view token : tokens_of(said.reasoning))
        stream.delta({"", line.part("thinking", token)}, wait());
    for (const std::string_view token : tokens_of(said.text_or_empty()))
        stream.delta({"", line.part("content", token)}, wait());
    for (const std::string_view token : tokens_of(said.refusal))
        stream.delta({"", line.part("content", token)}, wait());
    for (const tool_call& call : said.calls) stream.chunk({"", line.call(call)}, wait());
    stream.no_more_chunks();
    if (!a.fault.without_done) stream.chunk({"", line.end()}, wait());
    return stream.finish();
}

class ollama_responder : public responder {
public:
    std::string_view name() const override { return "ollama"; }

    bool serves(std::string_view path) const override { return path == "/api/chat"; }

    answered<question> read(const http_call& call) const override {
        return check_ollama_request(call.body);
    }

    response write(const question& q, const answer& a, exchange e) const override {
        const spoken said = speak(q, a, e.number);
        const line_writer line(q, a, said, e);
        const std::string failed = a.fault.error_event ? failure_json(a.fault) : "";
        response r;
        if (q.stream) {
            r = streamed_answer(a, said, line, e);
        } else {
            const auto wait = e.pace.first_token() + e.pace.tokens(said.completion_tokens);
            r = whole_response(a, line.whole(), failed, wait);
        }
        r.prompt_tokens = said.prompt_tokens;
        r.completion_tokens = said.completion_tokens;
        return r;
    }

    std::string error(const request_refusal& r) const override {
        return json::serialize(json::object{{"error", r.message}});
    }
};

}  // namespace

std::unique_ptr<responder> make_ollama_responder() {
    return std::make_unique<ollama_responder>();
}

}  // namespace riva::llm::scripted
