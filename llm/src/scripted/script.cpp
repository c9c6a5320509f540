#include "scripted/script.hpp"

#include "scripted/object_reader.hpp"
#include "scripted/script_fault.hpp"
#include "scripted/script_recorded.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

/// What a reply takes over when it does not say otherwise.
struct inherited {
    scripted::behaviour behaviour;
    scripted::fault fault;
};

std::string numbered(std::string_view list, std::size_t i) {
    return std::string(list) + "[" + std::to_string(i) + "]";
}

behaviour read_behaviour(object_reader reader, behaviour base) {
    constexpr double hour_ms = 3'600'000;
    base.first_token_ms = reader.number("ttft_ms", 0, hour_ms).value_or(base.first_token_ms);
    base.tokens_per_second =
        reader.number("tokens_per_second", 0, 1e9).value_or(base.tokens_per_second);
    base.jitter = reader.number("jitter", 0, 1).value_or(base.jitter);
    if (const auto seed = reader.whole("seed", 0)) base.seed = static_cast<std::uint64_t>(*seed);
    reader.refuse_others();
    return base;
}

inherited read_inherited(object_reader& reader, inherited base) {
    if (const auto behaviour = reader.object("behaviour"))
        base.behaviour = read_behaviour(*behaviour, base.behaviour);
    if (const auto fault = reader.object("fault")) base.fault = read_fault(*fault);
    return base;
}

condition_set read_conditions(object_reader reader) {
    condition_set match;
    match.model = reader.text("model").value_or("");
    if (const auto tier = reader.choice("tier", {"small", "medium", "large"}))
        match.tier = static_cast<model_tier>(*tier);
    match.purpose = reader.text("purpose");
    if (reader.choice("dialect", {"openai", "openai-responses", "anthropic", "gemini", "ollama"}))
        match.dialect = *reader.text("dialect");
    match.stream = reader.flag("stream");
    match.message = reader.text("message");
    match.contains = reader.texts("contains");
    if (const auto expression = reader.text("pattern")) {
        std::string why;
        match.pattern.emplace(*expression, why);
        if (!why.empty()) reader.wrong("pattern", "not a regular expression: " + why);
    }
    match.nth = reader.whole("nth", 1).value_or(0);
    reader.refuse_others();
    return match;
}

usage_plan read_usage(object_reader& reply) {
    const json::value* value = reply.any("usage");
    usage_plan usage;
    if (!value) return usage;
    if (value->is_null()) {
        usage.sent = false;
        return usage;
    }
    object_reader reader(*value, reply.place("usage"), reply.trouble());
    usage.prompt = reader.whole("prompt_tokens", 0);
    usage.completion = reader.whole("completion_tokens", 0);
    usage.cached = reader.whole("cached_tokens", 0).value_or(0);
    usage.cache_write = reader.whole("cache_write_tokens", 0).value_or(0);
    usage.reasoning = reader.whole("reasoning_tokens", 0).value_or(0);
    reader.refuse_others();
    return usage;
}

tool_call read_call(object_reader reader) {
    tool_call call;
    call.id = reader.text("id").value_or("");
    call.name = reader.text("name").value_or("");
    if (call.name.empty()) reader.wrong("name", "missing: a call names its tool");
    const json::value* arguments = reader.any("arguments");
    if (arguments && arguments->is_string())
        call.arguments = std::string(arguments->get_string());
    else
        call.arguments = arguments ? json::serialize(*arguments) : "{}";
    reader.refuse_others();
    return call;
}

void read_calls(object_reader& reader, answer& reply) {
    const json::array* calls = reader.list("tool_calls");
    if (!calls) return;
    if (calls->empty()) reader.wrong("tool_calls", "expected at least one call");
    if (!reply.refusal.empty()) reader.wrong("tool_calls", "who refuses calls no tool");
    for (std::size_t i = 0; i < calls->size(); ++i) {
        const std::string place = reader.place(numbered("tool_calls", i));
        reply.calls.push_back(read_call(object_reader((*calls)[i], place, reader.trouble())));
    }
}

answer read_reply(object_reader reader, const inherited& base) {
    answer reply;
    const int said = reader.has("text") + reader.has("json") + reader.has("refusal");
    if (const auto text = reader.text("text")) reply.text = *text;
    if (const json::value* value = reader.any("json")) reply.text = json::serialize(*value);
    if (const auto refusal = reader.text("refusal")) reply.refusal = *refusal;
    if (reader.has("refusal") && reply.refusal.empty()) reader.wrong("refusal", "says nothing");
    read_calls(reader, reply);
    reply.from_schema = reader.flag("from_schema").value_or(false);
    if (reply.from_schema && (reader.has("json") || !reply.refusal.empty() || !reply.calls.empty()))
        reader.wrong("from_schema", "beside it only a text can be said");
    reply.choose = reader.text("choose").value_or("");
    if (!reply.choose.empty() && !reply.from_schema)
        reader.wrong("choose", "without from_schema nothing is chosen");
    reply.reasoning = reader.text("reasoning").value_or("");
    reply.signature = reader.text("signature").value_or("");
    reply.finish_reason = reader.text("finish_reason").value_or("");
    reply.usage = read_usage(reader);
    const inherited own = read_inherited(reader, base);
    reply.behaviour = own.behaviour;
    reply.fault = own.fault;
    if (said > 1) reader.wrong("text", "only one of text, json and refusal can be said");
    if (const auto recorded = reader.object("recorded")) reply.recorded = read_recorded(*recorded);
    const bool given = !reply.calls.empty() || reply.from_schema || reply.recorded.has_value() ||
                       reply.fault.http.has_value() || !reply.fault.wire.empty();
    if (said == 0 && !given)
        reader.wrong(
            "text",
            "missing: a reply says text, json, refusal, tool_calls or from_schema, or is a fault's "
            "status"
        );
    reader.refuse_others();
    return reply;
}

rule read_rule(object_reader reader, const inherited& defaults) {
    rule found;
    if (const auto match = reader.object("match")) found.match = read_conditions(*match);
    const inherited base = read_inherited(reader, defaults);
    found.repeat_last = reader.choice("exhausted", {"repeat", "error"}).value_or(0) == 0;
    if (const json::array* replies = reader.list("replies"))
        for (std::size_t i = 0; i < replies->size(); ++i) {
            const std::string place = reader.place(numbered("replies", i));
            found.replies.push_back(
                read_reply(object_reader((*replies)[i], place, reader.trouble()), base)
            );
        }
    if (found.replies.empty()) reader.wrong("replies", "a rule has at least one reply");
    reader.refuse_others();
    return found;
}

}  // namespace

result<script> parse_script(std::string_view text, const std::string& name) {
    std::string trouble;
    const auto refused = [&](const std::string& place) {
        return error{errc::script_invalid, "the script cannot be used: " + place + trouble};
    };
    const auto document = parse_json(text, trouble);
    if (!document) return refused(name + ":");

    script found;
    object_reader reader(*document, "", trouble);
    found.key = reader.text("key").value_or("");
    inherited defaults;
    if (auto own = reader.object("defaults")) {
        defaults = read_inherited(*own, defaults);
        own->refuse_others();
    }
    if (const json::array* rules = reader.list("rules"))
        for (std::size_t i = 0; i < rules->size(); ++i)
            found.rules.push_back(
                read_rule(object_reader((*rules)[i], numbered("rules", i), trouble), defaults)
            );
    else
        reader.wrong("rules", "missing: a script is an object with a list of rules");
    reader.refuse_others();
    if (!trouble.empty()) return refused(name + ": ");
    return found;
}

}  // namespace riva::llm::scripted
