#include "heard.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <map>

namespace riva::test {

namespace json = boost::json;

namespace {

constexpr std::string_view schema =
    R"({"type":"object","properties":{"verdict":{"type":"string","enum":["pass","fail"]}},)"
    R"("required":["verdict"],"additionalProperties":false,"title":"check"})";

const json::value* at(const json::value& value, std::string_view pointer) {
    error_code missing;
    return value.find_pointer(pointer, missing);
}

std::string text_at(const json::value& value, std::string_view pointer) {
    const json::value* found = at(value, pointer);
    return found && found->is_string() ? std::string(found->get_string()) : "";
}

void number_at(const json::value& value, std::string_view pointer, std::int64_t& into) {
    const json::value* found = at(value, pointer);
    if (found && found->is_int64()) into = found->get_int64();
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t i = text.find(what); i != text.npos; i = text.find(what, i + by.size()))
        text.replace(i, what.size(), by);
    return text;
}

void hear_chat(const json::value& v, bool stream, heard& h) {
    number_at(v, "/usage/prompt_tokens", h.input);
    number_at(v, "/usage/completion_tokens", h.output);
    const std::string place = stream ? "/choices/0/delta" : "/choices/0/message";
    h.text += text_at(v, place + "/content");
    h.reasoning += text_at(v, place + "/reasoning_content");
    h.refusal += text_at(v, place + "/refusal");
    if (const auto finish = text_at(v, "/choices/0/finish_reason"); !finish.empty())
        h.finish = finish;
    const json::value* calls = at(v, place + "/tool_calls");
    if (!calls) return;
    for (const json::value& call : calls->as_array()) {
        const std::string name = text_at(call, "/function/name");
        if (!name.empty()) h.calls.emplace_back(name, "");
        h.calls.back().second += text_at(call, "/function/arguments");
    }
}

void hear_response(const json::value& response, heard& h) {
    number_at(response, "/usage/input_tokens", h.input);
    number_at(response, "/usage/output_tokens", h.output);
    h.finish = text_at(response, "/status");
    for (const json::value& item : response.at("output").as_array()) {
        h.text += text_at(item, "/content/0/text");
        h.refusal += text_at(item, "/content/0/refusal");
        h.reasoning += text_at(item, "/summary/0/text");
        h.signature += text_at(item, "/encrypted_content");
        if (item.at("type") == "function_call")
            h.calls.emplace_back(text_at(item, "/name"), text_at(item, "/arguments"));
    }
}

void hear_response_event(const json::value& v, heard& h) {
    const std::string type = text_at(v, "/type");
    if (type.ends_with("output_text.delta")) h.text += text_at(v, "/delta");
    if (type.ends_with("refusal.delta")) h.refusal += text_at(v, "/delta");
    if (type.ends_with("summary_text.delta")) h.reasoning += text_at(v, "/delta");
    if (type.ends_with("arguments.delta")) h.calls.back().second += text_at(v, "/delta");
    if (type.ends_with("item.added") && text_at(v, "/item/type") == "function_call")
        h.calls.emplace_back(text_at(v, "/item/name"), "");
    if (type != "response.completed" && type != "response.incomplete") return;
    heard whole;
    hear_response(v.at("response"), whole);
    h.ended = whole.text == h.text && whole.calls == h.calls && whole.refusal == h.refusal;
    h.finish = whole.finish;
    h.signature = whole.signature;
    h.input = whole.input;
    h.output = whole.output;
}

void hear_block(const json::value& block, heard& h) {
    h.text += text_at(block, "/text");
    h.reasoning += text_at(block, "/thinking");
    h.signature += text_at(block, "/signature");
    if (text_at(block, "/type") == "tool_use")
        h.calls.emplace_back(text_at(block, "/name"), json::serialize(block.at("input")));
}

void hear_anthropic(const json::value& v, heard& h) {
    const std::string type = text_at(v, "/type");
    if (type == "message_stop") h.ended = true;
    if (type == "message") {
        for (const json::value& block : v.at("content").as_array()) hear_block(block, h);
        h.finish = text_at(v, "/stop_reason");
    }
    if (type == "message_delta") h.finish = text_at(v, "/delta/stop_reason");
    for (const std::string usage : {"/usage", "/message/usage"}) {
        number_at(v, usage + "/input_tokens", h.input);
        number_at(v, usage + "/output_tokens", h.output);
    }
    if (type == "content_block_start") {
        hear_block(v.at("content_block"), h);
        if (text_at(v, "/content_block/type") == "tool_use") h.calls.back().second.clear();
    }
    h.text += text_at(v, "/delta/text");
    h.reasoning += text_at(v, "/delta/thinking");
    h.signature += text_at(v, "/delta/signature");
    if (!h.calls.empty()) h.calls.back().second += text_at(v, "/delta/partial_json");
}

void hear_gemini(const json::value& v, heard& h) {
    number_at(v, "/usageMetadata/promptTokenCount", h.input);
    number_at(v, "/usageMetadata/candidatesTokenCount", h.output);
    h.refusal += text_at(v, "/promptFeedback/blockReasonMessage");
    if (const auto finish = text_at(v, "/candidates/0/finishReason"); !finish.empty()) {
        h.finish = finish;
        h.ended = true;
    }
    const json::value* parts = at(v, "/candidates/0/content/parts");
    if (!parts) return;
    for (const json::value& part : parts->as_array()) {
        (part.as_object().contains("thought") ? h.reasoning : h.text) += text_at(part, "/text");
        h.signature += text_at(part, "/thoughtSignature");
        if (const json::value* call = at(part, "/functionCall"))
            h.calls.emplace_back(text_at(*call, "/name"), json::serialize(call->at("args")));
    }
}

void hear_ollama(const json::value& v, heard& h) {
    number_at(v, "/prompt_eval_count", h.input);
    number_at(v, "/eval_count", h.output);
    h.text += text_at(v, "/message/content");
    h.reasoning += text_at(v, "/message/thinking");
    if (v.at("done").as_bool()) {
        h.ended = true;
        h.finish = text_at(v, "/done_reason");
    }
    const json::value* calls = at(v, "/message/tool_calls");
    if (!calls) return;
    for (const json::value& call : calls->as_array())
        h.calls.emplace_back(
            text_at(call, "/function/name"), json::serialize(call.at_pointer("/function/arguments"))
        );
}

std::vector<std::string> values_of(const raw_response& r) {
    const auto type = r.headers.at("content-type");
    if (type.starts_with("text/event-stream")) return event_data(r.body);
    std::vector<std::string> values;
    if (type == "application/x-ndjson") {
        for (std::size_t i = 0; i < r.body.size(); i = r.body.find('\n', i) + 1)
            values.push_back(r.body.substr(i, r.body.find('\n', i) - i));
        return values;
    }
    const json::value whole = json::parse(r.body);
    if (!whole.is_array()) return {r.body};
    for (const json::value& v : whole.get_array()) values.push_back(json::serialize(v));
    return values;
}

}  // namespace

std::string ask_in(
    std::string_view dialect, std::string_view message, bool stream, std::string_view more
) {
    const std::string text = json::serialize(json::value(message));
    const std::string streams = stream ? R"(,"stream":true)" : "";
    const std::string chat = R"({"model":"test-small","messages":[{"role":"user","content":)" +
                             text + "}]" + std::string(more);
    if (dialect == "openai")
        return post(
            chat + streams + (stream ? R"(,"stream_options":{"include_usage":true}})" : "}")
        );
    if (dialect == "openai-responses")
        return post(
            R"({"model":"test-small","input":)" + text + streams + std::string(more) + "}",
            "/v1/responses"
        );
    if (dialect == "anthropic")
        return replaced(
            post(chat + streams + R"(,"max_tokens":100})", "/v1/messages"),
            "\r\nHost",
            "\r\nanthropic-version: 2026-10-21\r\nHost"
        );
    if (dialect == "gemini")
        return post(
            R"({"contents":[{"role":"user","parts":[{"text":)" + text + "}]}]" + std::string(more) +
                "}",
            stream ? "/v1beta/models/test-small:streamGenerateContent?alt=sse"
                   : "/v1/models/test-small:generateContent"
        );
    return post(chat + (stream ? "}" : R"(,"stream":false})"), "/api/chat");
}

std::string demand_schema(std::string_view dialect) {
    const std::string s(schema);
    if (dialect == "openai")
        return R"(,"response_format":{"type":"json_schema","json_schema":{"name":"check","strict":true,"schema":)" +
               s + "}}";
    if (dialect == "openai-responses")
        return R"(,"text":{"format":{"type":"json_schema","name":"check","strict":true,"schema":)" +
               s + "}}";
    if (dialect == "anthropic")
        return R"(,"output_config":{"format":{"type":"json_schema","schema":)" + s + "}}";
    if (dialect == "gemini")
        return R"(,"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":)" +
               s + "}";
    return R"(,"format":)" + s;
}

std::string demand_call(std::string_view dialect) {
    const std::string s(schema);
    if (dialect == "openai-responses")
        return R"(,"tools":[{"type":"function","name":"report","strict":true,"parameters":)" + s +
               R"(}],"tool_choice":"required")";
    if (dialect == "anthropic")
        return R"(,"tools":[{"name":"report","input_schema":)" + s +
               R"(}],"tool_choice":{"type":"any"})";
    if (dialect == "gemini")
        return R"(,"tools":[{"functionDeclarations":[{"name":"report","parametersJsonSchema":)" +
               s + R"(}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY"}})";
    return R"(,"tools":[{"type":"function","function":{"name":"report","parameters":)" + s + "}}]" +
           (dialect == "openai" ? R"(,"tool_choice":"required")" : "");
}

heard hear(std::string_view dialect, const raw_response& r) {
    heard h;
    const bool stream = r.headers.count("transfer-encoding") != 0;
    h.ended = !stream;
    for (const std::string& value : values_of(r)) {
        if (value == "[DONE]") {
            h.ended = true;
            continue;
        }
        const json::value v = json::parse(value);
        if (dialect == "openai") hear_chat(v, stream, h);
        if (dialect == "openai-responses") stream ? hear_response_event(v, h) : hear_response(v, h);
        if (dialect == "anthropic") hear_anthropic(v, h);
        if (dialect == "gemini") hear_gemini(v, h);
        if (dialect == "ollama") hear_ollama(v, h);
    }
    return h;
}

heard hear(
    const served& server,
    std::string_view dialect,
    bool stream,
    std::string_view more,
    std::string_view message
) {
    return hear(dialect, fetch(server.port(), ask_in(dialect, message, stream, more)));
}

}  // namespace riva::test
