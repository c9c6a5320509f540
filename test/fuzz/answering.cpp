#include "answering.hpp"

#include "input.hpp"
#include "json_text.hpp"

#include <boost/json/parse.hpp>

#include <variant>

namespace riva::fuzz {

using namespace riva::llm;

namespace {

std::string line(std::uint32_t block, std::string_view what, std::string_view text) {
    return std::to_string(block) + " " + std::string(what) + " " + std::string(text) + "\n";
}

/// Writes an event as a line.
struct line_writer {
    std::string operator()(const answer_started& e) const {
        return "started " + std::string(e.id) + " " + std::string(e.model) + "\n";
    }
    std::string operator()(const text_delta& e) const { return line(e.block, "text", e.text); }
    std::string operator()(const reasoning_delta& e) const {
        return line(e.block, "reasoning", e.text);
    }
    std::string operator()(const tool_call_started& e) const { return line(e.block, e.id, e.name); }
    std::string operator()(const tool_arguments_delta& e) const {
        return line(e.block, "arguments", e.text);
    }
    std::string operator()(const tool_call_ended& e) const { return line(e.block, "ended", ""); }
    std::string operator()(const usage_reported& e) const {
        return "usage " + std::to_string(e.usage.input) + " " + std::to_string(e.usage.output) +
               "\n";
    }
    std::string operator()(const opaque_block& e) const { return line(e.block, e.kind, e.json); }
    std::string operator()(const answer_finished&) const { return "finished\n"; }
    std::string operator()(const answer_failed&) const { return "failed\n"; }
};

bool is_end(const stream_event& event) {
    return std::holds_alternative<answer_finished>(event) ||
           std::holds_alternative<answer_failed>(event);
}

void must_be_whole(const tool_call& call) {
    const auto arguments = parse_json(call.arguments);
    must(arguments && arguments->is_object(), "the arguments of a call are one JSON object");
    must(call.name == "f" || call.name == "g", "only tools that were offered are called");
    must(!call.id.empty(), "every call has an id");
}

}  // namespace

const dialect& dialect_of(std::size_t number) {
    return *find_dialect(dialects[number % dialects.size()]);
}

chat_request request_with_tools() {
    chat_request request;
    request.messages = {{role::user, "go"}};
    request.tools = {{"f", "does", R"({"type":"object"})"}, {"g", "does", R"({"type":"object"})"}};
    return request;
}

answered answer_with(const std::function<result<void>(answer&)>& feed) {
    const answerer from{"the model", "KEY"};
    const chat_request request = request_with_tools();
    answered made;
    int ends = 0;
    stream_observer observer;
    observer.on_event = [&](const stream_event& event) {
        must(ends == 0, "nothing comes after the end");
        ends += is_end(event);
        made.events += std::visit(line_writer(), event);
    };
    answer got(from, request, observer);
    const auto fed = feed(got);
    auto reply = fed ? got.finish() : result<chat_reply>(got.fail(fed.error()));
    must(ends == 1, "an answer ends");
    if (!reply) {
        must(got.so_far().tool_calls.empty(), "a failed answer asks for no tool");
        made.why = reply.error();
        return made;
    }
    for (const tool_call& call : reply->tool_calls) must_be_whole(call);
    made.reply = std::move(*reply);
    return made;
}

void must_be_sendable(const answered& answer) {
    if (answer.why.code) return;
    const chat_reply& reply = answer.reply;
    chat_request request = request_with_tools();
    request.messages.push_back(to_message(reply));
    for (const tool_call& call : reply.tool_calls) {
        message result{role::tool, "done"};
        result.tool_call_id = call.id;
        result.tool_name = call.name;
        request.messages.push_back(result);
    }
    // Turns of others lie a few levels deeper in a request than in an answer.
    boost::json::parse_options options;
    options.max_depth = 2 * json_depth;
    for (const char* name : dialects) {
        const profile& server = profile_of(name, "h", "m");
        for (const char* provider : {"p", "another"}) {
            const auto wire = find_dialect(name)->encode(request, "m", server, provider);
            boost::system::error_code ec;
            boost::json::parse(wire.body, ec, {}, options);
            must(!ec, "a reply can be sent back as JSON");
        }
    }
}

}  // namespace riva::fuzz
