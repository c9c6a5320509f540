#include "openai_chunk.hpp"

#include "../json_scanner.hpp"
#include "openai_members.hpp"

#include <algorithm>
#include <array>

namespace riva::llm::openai_chat {
namespace {

constexpr std::string_view not_an_object = "it is no object";
constexpr std::string_view wrong_type = "a member has the wrong type";

/// Handler for `json_scanner`.
class chunk_handler {
public:
    chunk read;
    std::string_view complaint;  // why the scan was ended

    /// What the model added last: the text, and how it was written.
    struct {
        std::string* text = nullptr;
        std::string_view written;
    } delta;

    void begin();
    void end() { read.reports_error |= object_ == "error"; }
    bool on_object_begin() { return open(true); }
    bool on_array_begin() { return open(false); }
    bool on_object_end() { return close(); }
    bool on_array_end() { return close(); }
    bool on_key(std::string_view key);
    bool on_string(std::string_view text, std::string_view written);
    bool on_int64(std::int64_t value);
    bool on_uint64(std::uint64_t) { return on_int64(INT64_MAX); }
    bool on_double(double value);
    bool on_bool(bool value) { return on_int64(value ? 1 : 0); }
    bool on_null() { return depth_ > 0 || refuse(not_an_object); }

private:
    struct level {
        node where = node::ignored;
        field at = field::none;
        std::uint32_t seen = 0;  // fields, one bit each
    };

    /// Nothing that is looked at lies deeper than this: choices, choice, message, tool calls, call,
    /// function and its arguments.
    static constexpr std::size_t last_level = 8;

    level& top() { return levels_[std::min(depth_, last_level)]; }
    bool refuse(std::string_view why);
    bool open(bool object);
    bool close();
    bool enter(node where, field at, bool object);
    void begin_fragment();
    token_usage& usage() { return read.usage ? *read.usage : read.usage.emplace(); }
    tool_fragment& fragment() { return read.tools[read.tool_count - 1]; }
    std::string* text_for(field at);

    std::array<level, last_level + 1> levels_{};
    std::size_t depth_ = 0;
    std::size_t choices_ = 0;
    std::string object_;  // value of the root's `object`
    std::string dropped_;
};

bool chunk_handler::refuse(std::string_view why) {
    complaint = why;
    return false;
}

void chunk_handler::begin() {
    read.clear();
    complaint = {};
    delta = {};
    depth_ = 0;
    choices_ = 0;
    levels_[0] = {};
    object_.clear();
    dropped_.clear();
}

bool chunk_handler::open(bool object) {
    const level here = top();
    ++depth_;
    top() = {};
    if (depth_ == 1) {
        top().where = node::root;
        return object || refuse(not_an_object);
    }
    return enter(here.where, here.at, object);
}

bool chunk_handler::close() {
    --depth_;
    return true;
}

void chunk_handler::begin_fragment() {
    if (read.tool_count == read.tools.size()) read.tools.emplace_back();
    read.tools[read.tool_count++].clear();
    delta = {};  // the fragments may have moved
}

bool chunk_handler::enter(node where, field at, bool object) {
    node& inside = top().where;
    if (where == node::choices) {
        if (!object || ++choices_ > 1) return refuse("it does not hold one choice");
        read.choice_seen = true;
        inside = node::choice;
        return true;
    }
    if (where == node::tool_calls) {
        if (!object) return refuse("a tool call is no object");
        begin_fragment();
        inside = node::tool_call;
        return true;
    }
    switch (at) {
        case field::choices:
            inside = node::choices;
            return !object || refuse("its 'choices' is no list");
        case field::message:
            inside = node::message;
            return object || refuse("its message is no object");
        case field::tool_calls:
            inside = node::tool_calls;
            return !object || refuse("its 'tool_calls' is no list");
        case field::function_call: begin_fragment(); [[fallthrough]];
        case field::function: inside = node::function; return true;
        case field::arguments: fragment().arguments_are_object = true; return true;
        case field::usage:
            if (object) inside = node::usage;
            return true;
        case field::prompt_details: inside = node::prompt_details; return true;
        case field::completion_details: inside = node::completion_details; return true;
        case field::error: read.reports_error = true; return true;
        case field::content:
        case field::finish_reason: return refuse("its content or finish_reason is no text");
        default: return true;
    }
}

bool chunk_handler::on_key(std::string_view key) {
    level& here = top();
    here.at = find_field(here.where, key);
    if (here.at == field::none) return true;
    const std::uint32_t bit = 1u << static_cast<unsigned>(here.at);
    const bool twice = (here.seen & bit) != 0 && here.at != field::error;
    here.seen |= bit;
    return !twice || refuse("a key occurs twice in one object");
}

// Servers that send the thoughts under both names send them twice.
std::string* chunk_handler::text_for(field at) {
    const auto other = at == field::reasoning ? field::reasoning_content : field::reasoning;
    const bool doubled = (top().seen & (1u << static_cast<unsigned>(other))) != 0;
    switch (at) {
        case field::content: return &read.text;
        case field::refusal: return &read.refusal;
        case field::reasoning:
        case field::reasoning_content: return doubled ? &dropped_ : &read.reasoning;
        case field::id: return &read.id;
        case field::model: return &read.model;
        case field::object: return &object_;
        case field::finish_reason: return &read.finish_reason;
        case field::call_id: return &fragment().id;
        case field::name: return &fragment().name;
        case field::arguments: return &fragment().arguments;
        default: return nullptr;
    }
}

bool chunk_handler::on_string(std::string_view text, std::string_view written) {
    if (depth_ == 0) return refuse(not_an_object);
    const field at = top().at;
    if (std::string* kept = text_for(at)) {
        *kept += text;
        if (at == field::content || at == field::arguments || kept == &read.reasoning)
            delta = {kept, written};
        return true;
    }
    if (at == field::error) read.reports_error |= !text.empty();
    return (at != field::choices && at != field::message) || refuse(wrong_type);
}

bool chunk_handler::on_int64(std::int64_t value) {
    if (depth_ == 0) return refuse(not_an_object);
    const std::int64_t count = std::max<std::int64_t>(value, 0);
    const field at = top().at;
    switch (at) {
        case field::index: return value == 0 || refuse("it does not hold one choice");
        case field::call_index: fragment().index = value; return true;
        case field::prompt_tokens: usage().input = count; return true;
        case field::completion_tokens: usage().output = count; return true;
        case field::cached_tokens: usage().cached = count; return true;
        case field::cache_write_tokens: usage().cache_write = count; return true;
        case field::reasoning_tokens: usage().reasoning = count; return true;
        case field::content:
        case field::finish_reason:
        case field::choices:
        case field::message:
        case field::name:
        case field::arguments: return refuse(wrong_type);
        case field::error: read.reports_error |= value != 0; return true;
        default: return true;
    }
}

bool chunk_handler::on_double(double value) {
    constexpr double largest = 9e15;
    return on_int64(value > 0 && value < largest ? static_cast<std::int64_t>(value) : 0);
}

}  // namespace

void tool_fragment::clear() {
    index.reset();
    id.clear();
    name.clear();
    arguments.clear();
    arguments_are_object = false;
}

void chunk::clear() {
    for (std::string* each : {&id, &model, &text, &reasoning, &refusal, &finish_reason})
        each->clear();
    usage.reset();
    tool_count = 0;
    choice_seen = false;
    reports_error = false;
}

struct chunk_parser::state {
    bool repeat(std::string_view text);
    void remember(std::string_view text);

    chunk_handler handler;
    json_scanner<chunk_handler> scanner{handler};
    // The last chunk without what the model added, which stood between the two parts.
    std::string frame;
    std::size_t front = 0;  // size of the first part
};

/// The chunks of a stream are all the same but for the few bytes that the model added: one that
/// repeats the last chunk outside of that string says the same in all else, and need not be parsed
/// again. False when it does not; then nothing has changed.
bool chunk_parser::state::repeat(std::string_view text) {
    if (frame.empty() || text.size() < frame.size()) return false;
    const auto before = std::string_view(frame).substr(0, front);
    const auto after = std::string_view(frame).substr(front);
    if (!text.starts_with(before) || !text.ends_with(after)) return false;
    std::string_view added;
    if (!scanner.scan_string(text.substr(front, text.size() - frame.size()), added)) return false;
    *handler.delta.text = added;
    return true;
}

void chunk_parser::state::remember(std::string_view text) {
    if (handler.delta.text == nullptr) return;
    const std::string_view written = handler.delta.written;
    front = static_cast<std::size_t>(written.data() - text.data());
    frame.reserve(text.size() - written.size());
    frame = text.substr(0, front);
    frame += text.substr(front + written.size());
}

chunk_parser::chunk_parser() : state_(std::make_unique<state>()) {}
chunk_parser::~chunk_parser() = default;

const chunk& chunk_parser::read() const {
    return state_->handler.read;
}

std::string chunk_parser::parse(std::string_view text) {
    if (state_->repeat(text)) return {};
    std::string complaint = parse_once(text);
    if (complaint.empty()) state_->remember(text);
    return complaint;
}

std::string chunk_parser::parse_once(std::string_view text) {
    auto& [handler, scanner, frame, front] = *state_;
    frame.clear();
    handler.begin();
    if (scanner.scan(text)) {
        handler.end();
        return {};
    }
    if (!handler.complaint.empty()) return std::string(handler.complaint);
    return "it is not JSON at byte " + std::to_string(scanner.position()) + " (" +
           std::string(scanner.complaint()) + ")";
}

}  // namespace riva::llm::openai_chat
