#include "scripted/event_stream.hpp"
#include "scripted/openai_refusal.hpp"
#include "scripted/plain_response.hpp"
#include "scripted/responder.hpp"
#include "scripted/responses_check.hpp"
#include "scripted/spoken.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

constexpr std::string_view failure_text = "The server had an error processing your request.";

json::object text_part(std::string_view text) {
    return {
        {"type", "output_text"},
        {"text", text},
        {"annotations", json::array{}},
        {"logprobs", json::array{}},
    };
}

json::object refusal_part(std::string_view text) {
    return {{"type", "refusal"}, {"refusal", text}};
}

json::object usage_object(const answer& a, const spoken& said) {
    return {
        {"input_tokens", said.prompt_tokens},
        {"input_tokens_details", {{"cached_tokens", a.usage.cached}}},
        {"output_tokens", said.completion_tokens},
        {"output_tokens_details", {{"reasoning_tokens", a.usage.reasoning}}},
        {"total_tokens", said.prompt_tokens + said.completion_tokens},
    };
}

/// The items of an answer, as they are when it is whole.
class item_list {
public:
    item_list(const answer& a, const spoken& said, std::uint64_t number)
        : fault_(a.fault), number_(std::to_string(number)) {
        if (!said.reasoning.empty() || !said.signature.empty()) add_reasoning(said);
        if (!said.refusal.empty())
            add_message(refusal_part(said.refusal));
        else if (said.text)
            add_message(text_part(*said.text));
        for (const tool_call& call : said.calls) add_call(call);
    }

    const json::array& items() const { return items_; }

private:
    std::string id(const char* kind) const {
        return kind + number_ + "_" + std::to_string(items_.size());
    }

    void add_reasoning(const spoken& said) {
        json::array summary;
        if (!said.reasoning.empty())
            summary.push_back(json::object{{"type", "summary_text"}, {"text", said.reasoning}});
        json::object item{{"id", id("rs_")}, {"type", "reasoning"}, {"summary", summary}};
        if (!said.signature.empty()) item["encrypted_content"] = said.signature;
        items_.push_back(std::move(item));
    }

    void add_message(json::object part) {
        items_.push_back(json::object{
            {"id", id("msg_")},
            {"type", "message"},
            {"status", "completed"},
            {"role", "assistant"},
            {"content", json::array{std::move(part)}},
        });
    }

    void add_call(const tool_call& call) {
        json::object item{
            {"id", id("fc_")},
            {"type", "function_call"},
            {"status", "completed"},
            {"call_id", call.id},
            {"name", call.name},
            {"arguments", call.arguments},
        };
        if (fault_.calls == call_fault::no_id) item.erase("call_id");
        items_.push_back(std::move(item));
    }

    const fault& fault_;
    std::string number_;
    json::array items_;
};

/// The response object: as it is at the end, and as it is before with nothing in it.
json::object response_object(
    const question& q, const answer& a, const spoken& said, const exchange& e
) {
    const bool cut = said.finish == "length" || said.finish == "content_filter";
    json::object whole{
        {"id", "resp_" + std::to_string(e.number)},
        {"object", "response"},
        {"created_at", e.created},
        {"status", cut ? "incomplete" : "completed"},
        {"error", nullptr},
        {"incomplete_details", nullptr},
        {"instructions", nullptr},
        {"max_output_tokens", nullptr},
        {"model", q.model},
        {"output", item_list(a, said, e.number).items()},
        {"parallel_tool_calls", true},
        {"previous_response_id", nullptr},
        {"reasoning", {{"effort", nullptr}, {"summary", nullptr}}},
        {"store", false},
        {"temperature", nullptr},
        {"text", {{"format", {{"type", "text"}}}}},
        {"tool_choice", "auto"},
        {"tools", json::array{}},
        {"top_p", nullptr},
        {"truncation", "disabled"},
        {"usage", nullptr},
        {"metadata", json::object{}},
    };
    if (cut)
        whole["incomplete_details"] = json::object{
            {"reason", said.finish == "length" ? "max_output_tokens" : "content_filter"}
        };
    if (a.usage.sent) whole["usage"] = usage_object(a, said);
    if (a.fault.without_finish) whole.erase("status");
    return whole;
}

json::object failure_object(const fault& f) {
    json::object error{{"code", "server_error"}, {"message", failure_text}};
    if (f.error_event->body.empty()) return error;
    const json::value given = json::parse(f.error_event->body);
    if (given.is_object()) return given.get_object();
    error["message"] = given;
    return error;
}

/// A streamed answer, event by event.
class response_writer {
public:
    response_writer(json::object whole, const answer& a, const spoken& said, exchange e)
        : whole_(std::move(whole)),
          fault_(a.fault),
          said_(said),
          exchange_(e),
          stream_(stream_format::named_events, a.fault, [this] { return failure(); }) {}

    response write() {
        json::object begun = whole_;
        begun["status"] = "in_progress";
        begun["output"] = json::array{};
        begun["usage"] = nullptr;
        begun["incomplete_details"] = nullptr;
        stream_.event(named("response.created", {{"response", begun}}));
        stream_.event(named("response.in_progress", {{"response", begun}}));
        const json::array items = whole_["output"].get_array();
        for (std::size_t i = 0; i < items.size(); ++i) item(items[i].get_object(), i);
        stream_.no_more_chunks();
        const bool cut = !whole_["incomplete_details"].is_null();
        if (!fault_.without_done)
            stream_.event(
                named(cut ? "response.incomplete" : "response.completed", {{"response", whole_}})
            );
        return stream_.finish();
    }

private:
    stream_event named(const std::string& type, json::object members) {
        json::object data{{"type", type}, {"sequence_number", sequence_++}};
        if (fault_.calls == call_fault::no_index) data.erase("sequence_number");
        for (auto& member : members) data[member.key()] = std::move(member.value());
        return {type, json::serialize(data)};
    }

    // With an error of the script it is an event of its own, otherwise the response has failed.
    stream_event failure() {
        json::object error = failure_object(fault_);
        if (!fault_.error_event->body.empty()) return named("error", std::move(error));
        json::object failed = whole_;
        failed["status"] = "failed";
        failed["output"] = json::array{};
        failed["usage"] = nullptr;
        failed["error"] = std::move(error);
        return named("response.failed", {{"response", std::move(failed)}});
    }

    /// Where an event belongs.
    json::object at(const char* part_index = nullptr) const {
        json::object place{{"item_id", item_id_}, {"output_index", index_}};
        if (fault_.calls == call_fault::no_index) place.erase("output_index");
        if (fault_.calls == call_fault::same_index) place["output_index"] = 0;
        if (part_index) place[part_index] = 0;
        return place;
    }

    stream_event within(
        const std::string& type, const char* part_index, const char* member, json::value value
    ) {
        json::object members = at(part_index);
        members[member] = std::move(value);
        return named(type, std::move(members));
    }

    stream_event around(const std::string& type, const json::object& item) {
        json::object members = at();
        members.erase("item_id");
        members["item"] = item;
        return named(type, std::move(members));
    }

    void item(const json::object& done, std::size_t index) {
        index_ = index;
        item_id_ = std::string(done.at("id").get_string());
        const std::string type(done.at("type").get_string());
        json::object begun = done;
        if (type != "reasoning") begun["status"] = "in_progress";
        if (type == "function_call") begun["arguments"] = "";
        if (type == "message") begun["content"] = json::array{};
        if (type == "reasoning") begun["summary"] = json::array{};
        stream_.chunk(around("response.output_item.added", begun), wait());
        if (type == "reasoning" && !said_.reasoning.empty())
            part("response.reasoning_summary_", "summary_index", done.at("summary").get_array());
        if (type == "message")
            part("response.content_", "content_index", done.at("content").get_array());
        if (type == "function_call") arguments(done);
        stream_.event(around("response.output_item.done", done));
    }

    void part(const std::string& prefix, const char* index, const json::array& parts) {
        const json::object& done = parts.front().get_object();
        const std::string type(done.at("type").get_string());
        const char* member = type == "refusal" ? "refusal" : "text";
        const std::string name =
            type == "summary_text" ? "response.reasoning_summary_text" : "response." + type;
        json::object begun = done;
        begun[member] = "";
        stream_.event(within(prefix + "part.added", index, "part", begun));
        for (const std::string_view token : tokens_of(done.at(member).get_string()))
            stream_.delta(within(name + ".delta", index, "delta", json::value(token)), wait());
        stream_.event(within(name + ".done", index, member, done.at(member)));
        stream_.event(within(prefix + "part.done", index, "part", done));
    }

    void arguments(const json::object& call) {
        const std::string name = "response.function_call_arguments";
        for (const std::string_view token : tokens_of(call.at("arguments").get_string()))
            stream_.chunk(within(name + ".delta", nullptr, "delta", json::value(token)), wait());
        stream_.event(within(name + ".done", nullptr, "arguments", call.at("arguments")));
    }

    std::chrono::nanoseconds wait() {
        return std::exchange(first_, false) ? exchange_.pace.first_token() : exchange_.pace.token();
    }

    json::object whole_;
    const fault& fault_;
    const spoken& said_;
    exchange exchange_;
    event_stream stream_;
    std::int64_t sequence_ = 0;
    std::size_t index_ = 0;
    std::string item_id_;
    bool first_ = true;
};

class responses_responder : public responder {
public:
    std::string_view name() const override { return "openai-responses"; }

    bool serves(std::string_view path) const override {
        return path == "/v1/responses" || path == "/responses";
    }

    answered<question> read(const http_call& call) const override {
        return check_responses_request(call.body);
    }

    response write(const question& q, const answer& a, exchange e) const override {
        const spoken said = speak(q, a, e.number);
        json::object whole = response_object(q, a, said, e);
        response r;
        if (q.stream) {
            r = response_writer(std::move(whole), a, said, e).write();
        } else {
            const auto wait = e.pace.first_token() + e.pace.tokens(said.completion_tokens);
            const std::string failed =
                a.fault.error_event
                    ? json::serialize(json::object{{"error", failure_object(a.fault)}})
                    : "";
            r = whole_response(a, json::serialize(whole), failed, wait);
        }
        r.prompt_tokens = said.prompt_tokens;
        r.completion_tokens = said.completion_tokens;
        return r;
    }

    std::string error(const request_refusal& r) const override { return openai_error(r); }
};

}  // namespace

std::unique_ptr<responder> make_responses_responder() {
    return std::make_unique<responses_responder>();
}

}  // namespace riva::llm::scripted
