#include "scripted/event_stream.hpp"
#include "scripted/gemini_check.hpp"
#include "scripted/plain_response.hpp"
#include "scripted/responder.hpp"
#include "scripted/spoken.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

std::string finish_reason(const spoken& said) {
    if (said.finish == "stop" || said.finish == "tool_calls") return "STOP";
    if (said.finish == "length") return "MAX_TOKENS";
    if (said.finish == "content_filter") return "SAFETY";
    return said.finish;
}

std::string status_name(unsigned status) {
    switch (status) {
        case 400: return "INVALID_ARGUMENT";
        case 401: return "UNAUTHENTICATED";
        case 403: return "PERMISSION_DENIED";
        case 404: return "NOT_FOUND";
        case 409: return "ABORTED";
        case 429: return "RESOURCE_EXHAUSTED";
        case 499: return "CANCELLED";
        case 500: return "INTERNAL";
        case 503: return "UNAVAILABLE";
        case 504: return "DEADLINE_EXCEEDED";
        default: return status >= 500 ? "UNKNOWN" : "FAILED_PRECONDITION";
    }
}

std::string error_json(unsigned status, std::string_view message) {
    return json::serialize(json::object{
        {"error", {{"code", status}, {"message", message}, {"status", status_name(status)}}}
    });
}

std::string failure_json(const fault& f) {
    if (!f.error_event->body.empty()) return R"({"error":)" + f.error_event->body + "}";
    return error_json(503, "The model is overloaded. Please try again later.");
}

/// Writes the parts of an answer as JSON.
class part_writer {
public:
    part_writer(const answer& a, const spoken& said) : fault_(a.fault), said_(said) {
        if (said.calls.empty()) signature_ = said.signature;
    }

    std::string thought(std::string_view text) const {
        return json::serialize(json::object{{"text", text}, {"thought", true}});
    }

    std::string text(std::string_view text, bool last) const {
        json::object part{{"text", text}};
        if (last && !signature_.empty()) part["thoughtSignature"] = signature_;
        return json::serialize(part);
    }

    // Of calls that are made together only the first is signed.
    std::string call(std::size_t i) const {
        const tool_call& c = said_.calls[i];
        json::object head{{"name", c.name}};
        if (fault_.calls != call_fault::no_id) head["id"] = c.id;
        std::string text = json::serialize(head);
        text.back() = ',';
        text = R"({"functionCall":)" + text + "\"args\":" + object_text(c) + "}";
        if (i == 0 && !said_.signature.empty())
            text += R"(,"thoughtSignature":)" + json::serialize(json::value(said_.signature));
        return text + "}";
    }

private:
    const fault& fault_;
    const spoken& said_;
    std::string signature_;
};

/// What surrounds the parts in each piece of an answer.
class envelope {
public:
    envelope(const question& q, const answer& a, const spoken& said, const exchange& e)
        : said_(said), usage_(usage(a, said)) {
        tail_ = R"("modelVersion":)" + json::serialize(json::value(q.model)) +
                R"(,"responseId":"resp_)" + std::to_string(e.number) + "\"}";
    }

    std::string around(const std::string& parts, const std::string& finish) const {
        std::string candidate = R"({"content":{"parts":[)" + parts + R"(],"role":"model"})";
        if (!finish.empty())
            candidate += R"(,"finishReason":)" + json::serialize(json::value(finish));
        return R"({"candidates":[)" + candidate + R"(,"index":0}],)" + usage_ + tail_;
    }

    std::string refused() const {
        return R"({"promptFeedback":)" +
               json::serialize(
                   json::object{{"blockReason", "OTHER"}, {"blockReasonMessage", said_.refusal}}
               ) +
               "," + usage_ + tail_;
    }

private:
    static std::string usage(const answer& a, const spoken& said) {
        if (!a.usage.sent) return "";
        const std::int64_t spoken_aloud = said.completion_tokens - a.usage.reasoning;
        json::object counts{
            {"promptTokenCount", said.prompt_tokens},
            {"candidatesTokenCount", std::max<std::int64_t>(spoken_aloud, 0)},
            {"totalTokenCount", said.prompt_tokens + said.completion_tokens},
        };
        if (a.usage.reasoning > 0) counts["thoughtsTokenCount"] = a.usage.reasoning;
        if (a.usage.cached > 0) counts["cachedContentTokenCount"] = a.usage.cached;
        return R"("usageMetadata":)" + json::serialize(counts) + ",";
    }

    const spoken& said_;
    std::string usage_;
    std::string tail_;
};

response whole_answer(const question& q, const answer& a, const spoken& said, exchange e) {
    const envelope around(q, a, said, e);
    const part_writer part(a, said);
    std::string parts;
    const auto add = [&](const std::string& text) { parts += (parts.empty() ? "" : ",") + text; };
    if (!said.reasoning.empty()) add(part.thought(said.reasoning));
    if (said.text) add(part.text(*said.text, true));
    for (std::size_t i = 0; i < said.calls.size(); ++i) add(part.call(i));
    const std::string finish = a.fault.without_finish ? "" : finish_reason(said);
    const auto wait = e.pace.first_token() + e.pace.tokens(said.completion_tokens);
    const std::string body = said.refusal.empty() ? around.around(parts, finish) : around.refused();
    return whole_response(a, body, a.fault.error_event ? failure_json(a.fault) : "", wait);
}

/// A streamed answer: each event is a response of its own, and the last says why it ended.
class content_writer {
public:
    content_writer(const question& q, const answer& a, const spoken& said, exchange e)
        : answer_(a),
          said_(said),
          exchange_(e),
          around_(q, a, said, e),
          stream_(q.as_list ? stream_format::list : stream_format::events, a.fault, [&f = a.fault] {
              return stream_event{"", failure_json(f)};
          }) {}

    response write() {
        if (!said_.refusal.empty()) {
            stream_.chunk({"", around_.refused()}, wait());
            stream_.no_more_chunks();
            return stream_.finish();
        }
        const part_writer part(answer_, said_);
        for (const std::string_view token : tokens_of(said_.reasoning))
            stream_.delta({"", around_.around(part.thought(token), "")}, wait());
        for (const std::string_view token : tokens_of(said_.text_or_empty()))
            stream_.delta({"", around_.around(part.text(token, false), "")}, wait());
        for (std::size_t i = 0; i < said_.calls.size(); ++i)
            stream_.chunk({"", around_.around(part.call(i), "")}, wait());
        if (!answer_.fault.without_finish)
            stream_.chunk({"", around_.around(part.text("", true), finish_reason(said_))}, wait());
        stream_.no_more_chunks();
        return stream_.finish();
    }

private:
    std::chrono::nanoseconds wait() {
        return std::exchange(first_, false) ? exchange_.pace.first_token() : exchange_.pace.token();
    }

    const answer& answer_;
    const spoken& said_;
    exchange exchange_;
    envelope around_;
    event_stream stream_;
    bool first_ = true;
};

class gemini_responder : public responder {
public:
    std::string_view name() const override { return "gemini"; }

    bool serves(std::string_view path) const override {
        const std::string_view method = gemini_path_of(path).method;
        return method == "generateContent" || method == "streamGenerateContent" ||
               method == "countTokens";
    }

    answered<question> read(const http_call& call) const override {
        return check_gemini_request(call);
    }

    response write(const question& q, const answer& a, exchange e) const override {
        const spoken said = speak(q, a, e.number);
        response r = q.stream ? content_writer(q, a, said, e).write() : whole_answer(q, a, said, e);
        r.prompt_tokens = said.prompt_tokens;
        r.completion_tokens = said.completion_tokens;
        return r;
    }

    std::string count(const question& q) const override {
        return json::serialize(json::object{{"totalTokens", prompt_tokens(q)}});
    }

    std::string error(const request_refusal& r) const override {
        return error_json(r.status, r.message);
    }
};

}  // namespace

std::unique_ptr<responder> make_gemini_responder() {
    return std::make_unique<gemini_responder>();
}

}  // namespace riva::llm::scripted
