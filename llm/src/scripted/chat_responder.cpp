#include "scripted/request_check.hpp"
#include "scripted/responder.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

struct token_counts {
    std::int64_t prompt = 0;
    std::int64_t completion = 0;
};

std::string json_text(std::string_view text) {
    return json::serialize(json::value(text));
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

/// The text that arrives, after the content faults; none is null.
std::optional<std::string> content_of(const answer& a) {
    if (!a.refusal.empty()) return std::nullopt;
    switch (a.fault.content) {
        case content_fault::none: break;
        case content_fault::null: return std::nullopt;
        case content_fault::empty: return "";
        case content_fault::not_json: return "Certainly! First I would look at the file.";
        case content_fault::fenced: return "```json\n" + a.text + "\n```";
    }
    return a.text;
}

token_counts count(const question& q, const answer& a, const std::optional<std::string>& content) {
    const std::size_t said = a.refusal.size() + content.value_or("").size();
    return {
        a.usage.prompt.value_or(prompt_tokens(q)), a.usage.completion.value_or(tokens_in(said))
    };
}

std::string usage_json(const answer& a, token_counts counts) {
    return json::serialize(json::object{
        {"prompt_tokens", counts.prompt},
        {"completion_tokens", counts.completion},
        {"total_tokens", counts.prompt + counts.completion},
        {"prompt_tokens_details", {{"cached_tokens", a.usage.cached}}},
        {"completion_tokens_details", {{"reasoning_tokens", a.usage.reasoning}}},
    });
}

std::string finish_json(const answer& a) {
    return a.fault.without_finish ? "null" : json_text(a.finish_reason);
}

/// What all parts of one answer begin with.
std::string opening(const question& q, const exchange& e, std::string_view object) {
    return R"({"id":"chatcmpl-)" + std::to_string(e.number) + R"(","object":")" +
           std::string(object) + R"(","created":)" + std::to_string(e.created) + R"(,"model":)" +
           json_text(q.model) + R"(,"system_fingerprint":"fp_scripted")";
}

std::string error_json(const request_refusal& r) {
    const json::object error{
        {"message", r.message},
        {"type", r.type},
        {"param", text_or_null(r.param)},
        {"code", text_or_null(r.code)},
    };
    return json::serialize(json::object{{"error", error}});
}

request_refusal usual_refusal(unsigned status) {
    const std::string message = "The script answers with status " + std::to_string(status);
    if (status == 401) return {status, message, "", "invalid_api_key"};
    if (status == 429) return {status, message, "", "rate_limit_exceeded", "requests"};
    if (status >= 500) return {status, message, "", "", "server_error"};
    return {status, message, "", ""};
}

response json_response(unsigned status, std::string body) {
    response r;
    r.status = status;
    r.headers = {{"Content-Type", "application/json"}};
    r.body = {{std::move(body), {}, false}};
    return r;
}

bool names_content_type(const header_list& headers) {
    constexpr std::string_view wanted = "content-type";
    for (const auto& [name, value] : headers) {
        std::string lower = name;
        for (char& c : lower)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (lower == wanted) return true;
    }
    return false;
}

response fault_response(const http_fault& f) {
    response r = json_response(f.status, f.body.value_or(error_json(usual_refusal(f.status))));
    if (names_content_type(f.headers)) r.headers.clear();
    r.headers.insert(r.headers.end(), f.headers.begin(), f.headers.end());
    return r;
}

response whole_answer(const question& q, const answer& a, exchange e) {
    const auto content = content_of(a);
    const token_counts counts = count(q, a, content);
    std::string body;
    if (a.fault.error_event) {
        body = R"({"error":)" + a.fault.error_event->body + "}";
    } else {
        body = opening(q, e, "chat.completion") +
               R"(,"choices":[{"index":0,"message":{"role":"assistant","content":)" +
               (content ? json_text(*content) : "null") + R"(,"refusal":)" +
               json::serialize(text_or_null(a.refusal)) + R"(},"logprobs":null,"finish_reason":)" +
               finish_json(a) + "}]";
        if (a.usage.sent) body += R"(,"usage":)" + usage_json(a, counts);
        body += "}";
    }
    response r = json_response(200, std::move(body));
    r.body.front().delay = e.pace.first_token() + e.pace.tokens(counts.completion);
    r.prompt_tokens = counts.prompt;
    r.completion_tokens = counts.completion;
    return r;
}

/// A streamed answer, event by event.
class chunk_writer {
public:
    chunk_writer(const question& q, const answer& a, exchange e)
        : question_(q), fault_(a.fault), exchange_(e) {
        opening_ = opening(q, e, "chat.completion.chunk") + R"(,"choices":)";
    }

    std::vector<piece> write(const answer& a, token_counts counts) {
        const auto content = content_of(a);
        const std::string first = content ? R"("")" : "null";
        chunk(
            R"({"role":"assistant","content":)" + first + R"(,"refusal":null})",
            "null",
            first_token()
        );
        say("content", content.value_or(""));
        say("refusal", a.refusal);
        if (!a.fault.without_finish) chunk("{}", json_text(a.finish_reason), {});
        if (fault_.error_event) fail({});
        if (question_.include_usage && a.usage.sent)
            event(opening_ + R"([],"usage":)" + usage_json(a, counts) + "}", {});
        if (!a.fault.without_done) event("[DONE]", {});
        return std::move(pieces_);
    }

private:
    std::chrono::nanoseconds first_token() { return exchange_.pace.first_token(); }

    // Four bytes and the rest of the last character make a token.
    void say(std::string_view member, std::string_view text) {
        std::size_t start = 0;
        while (start < text.size()) {
            std::size_t end = std::min(start + 4, text.size());
            while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
                ++end;
            const std::string token = json_text(text.substr(start, end - start));
            const auto delay = start == 0 ? std::chrono::nanoseconds{} : exchange_.pace.token();
            chunk("{\"" + std::string(member) + "\":" + token + "}", "null", delay);
            start = end;
        }
    }

    void chunk(
        const std::string& delta, const std::string& finish, std::chrono::nanoseconds delay
    ) {
        if (fault_.error_event && chunks_++ == fault_.error_event->after_chunks) fail(delay);
        event(
            opening_ + R"([{"index":0,"delta":)" + delta + R"(,"logprobs":null,"finish_reason":)" +
                finish + "}]" + (question_.include_usage ? R"(,"usage":null})" : "}"),
            delay
        );
    }

    void fail(std::chrono::nanoseconds delay) {
        event(R"({"error":)" + fault_.error_event->body + "}", delay);
        ended_ = true;
    }

    void event(const std::string& data, std::chrono::nanoseconds delay) {
        if (ended_) return;
        const std::string_view end = line_ends();
        std::string bytes;
        if (fault_.comments) bytes.append(": the server is working").append(end).append(end);
        bytes.append("data: ").append(data).append(end).append(end);
        pieces_.push_back({std::move(bytes), delay, false});
    }

    std::string_view line_ends() const {
        switch (fault_.line_end) {
            case line_end::crlf: return "\r\n";
            case line_end::cr: return "\r";
            case line_end::lf: break;
        }
        return "\n";
    }

    const question& question_;
    const fault& fault_;
    exchange exchange_;
    std::string opening_;
    std::vector<piece> pieces_;
    std::size_t chunks_ = 0;
    bool ended_ = false;
};

response streamed_answer(const question& q, const answer& a, exchange e) {
    const token_counts counts = count(q, a, content_of(a));
    response r;
    r.stream = true;
    r.headers = {
        {"Content-Type", "text/event-stream; charset=utf-8"}, {"Cache-Control", "no-cache"}
    };
    r.body = chunk_writer(q, a, e).write(a, counts);
    r.prompt_tokens = counts.prompt;
    r.completion_tokens = counts.completion;
    return r;
}

class chat_responder : public responder {
public:
    bool serves(std::string_view path) const override {
        return path == "/v1/chat/completions" || path == "/chat/completions";
    }

    answered<question> read(std::string_view body) const override {
        return check_chat_request(body);
    }

    response write(const question& q, const answer& a, exchange e) const override {
        if (a.fault.http) return fault_response(*a.fault.http);
        return q.stream ? streamed_answer(q, a, e) : whole_answer(q, a, e);
    }

    response write(const request_refusal& r) const override {
        return json_response(r.status, error_json(r));
    }
};

}  // namespace

std::unique_ptr<responder> make_chat_responder() {
    return std::make_unique<chat_responder>();
}

}  // namespace riva::llm::scripted
