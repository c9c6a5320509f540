#include "openai_chunk.hpp"

#include "../json_text.hpp"
#include "openai_members.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <array>

namespace riva::llm::openai_chat {
namespace {

namespace json = boost::json;

constexpr std::string_view not_an_object = "it is no object";
constexpr std::string_view wrong_type = "a member has the wrong type";

std::string_view view(json::string_view text) {
    return {text.data(), text.size()};
}

/// Handler for Boost.JSON's event parser.
class chunk_handler {
public:
    static constexpr std::size_t max_array_size = ~std::size_t{0};
    static constexpr std::size_t max_object_size = ~std::size_t{0};
    static constexpr std::size_t max_string_size = ~std::size_t{0};
    static constexpr std::size_t max_key_size = ~std::size_t{0};

    chunk read;
    std::string complaint;  // why parsing was ended

    bool on_document_begin(error_code&);
    bool on_document_end(error_code&);
    bool on_object_begin(error_code& ec) { return open(true, ec); }
    bool on_array_begin(error_code& ec) { return open(false, ec); }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_array_end(std::size_t, error_code&) { return close(); }
    bool on_key_part(json::string_view part, std::size_t, error_code&);
    bool on_key(json::string_view part, std::size_t, error_code& ec);
    bool on_string_part(json::string_view part, std::size_t, error_code&);
    bool on_string(json::string_view part, std::size_t size, error_code& ec);
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, error_code& ec);
    bool on_uint64(std::uint64_t value, json::string_view text, error_code& ec);
    bool on_double(double value, json::string_view text, error_code& ec);
    bool on_bool(bool value, error_code& ec);
    bool on_null(error_code& ec);
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

private:
    struct level {
        node where = node::ignored;
        field at = field::none;
        std::uint32_t seen = 0;  // fields, one bit each
    };

    level& top() { return levels_[depth_]; }
    bool refuse(std::string_view why, error_code& ec);
    bool open(bool object, error_code& ec);
    bool close();
    bool enter(node where, field at, bool object, error_code& ec);
    void begin_fragment();
    token_usage& usage() { return read.usage ? *read.usage : read.usage.emplace(); }
    tool_fragment& fragment() { return read.tools[read.tool_count - 1]; }
    std::string* text_for(field at);

    std::array<level, json_depth + 2> levels_{};
    std::size_t depth_ = 0;
    std::size_t choices_ = 0;
    std::string key_;     // a key that comes in parts
    std::string object_;  // value of the root's `object`
    std::string dropped_;
};

bool chunk_handler::refuse(std::string_view why, error_code& ec) {
    complaint = why;
    ec = json::error::syntax;
    return false;
}

bool chunk_handler::on_document_begin(error_code&) {
    depth_ = 0;
    choices_ = 0;
    levels_[0] = {};
    object_.clear();
    dropped_.clear();
    return true;
}

bool chunk_handler::on_document_end(error_code&) {
    if (object_ == "error") read.reports_error = true;
    return true;
}

bool chunk_handler::open(bool object, error_code& ec) {
    if (depth_ + 1 >= levels_.size()) return refuse("it is nested too deeply", ec);
    const level here = top();
    levels_[++depth_] = {};
    if (depth_ == 1) {
        top().where = node::root;
        return object || refuse(not_an_object, ec);
    }
    return enter(here.where, here.at, object, ec);
}

bool chunk_handler::close() {
    --depth_;
    return true;
}

void chunk_handler::begin_fragment() {
    if (read.tool_count == read.tools.size()) read.tools.emplace_back();
    read.tools[read.tool_count++].clear();
}

bool chunk_handler::enter(node where, field at, bool object, error_code& ec) {
    node& inside = top().where;
    if (where == node::choices) {
        if (!object || ++choices_ > 1) return refuse("it does not hold one choice", ec);
        read.choice_seen = true;
        inside = node::choice;
        return true;
    }
    if (where == node::tool_calls) {
        if (!object) return refuse("a tool call is no object", ec);
        begin_fragment();
        inside = node::tool_call;
        return true;
    }
    switch (at) {
        case field::choices:
            inside = node::choices;
            return !object || refuse("its 'choices' is no list", ec);
        case field::message:
            inside = node::message;
            return object || refuse("its message is no object", ec);
        case field::tool_calls:
            inside = node::tool_calls;
            return !object || refuse("its 'tool_calls' is no list", ec);
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
        case field::finish_reason: return refuse("its content or finish_reason is no text", ec);
        default: return true;
    }
}

bool chunk_handler::on_key_part(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    return true;
}

bool chunk_handler::on_key(json::string_view part, std::size_t, error_code& ec) {
    if (!key_.empty()) key_.append(part.data(), part.size());
    level& here = top();
    here.at = find_field(here.where, key_.empty() ? view(part) : std::string_view(key_));
    key_.clear();
    if (here.at == field::none) return true;
    const std::uint32_t bit = 1u << static_cast<unsigned>(here.at);
    const bool twice = (here.seen & bit) != 0 && here.at != field::error;
    here.seen |= bit;
    return !twice || refuse("a key occurs twice in one object", ec);
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

bool chunk_handler::on_string_part(json::string_view part, std::size_t, error_code&) {
    if (std::string* text = text_for(top().at)) text->append(part.data(), part.size());
    return true;
}

bool chunk_handler::on_string(json::string_view part, std::size_t size, error_code& ec) {
    if (depth_ == 0) return refuse(not_an_object, ec);
    const field at = top().at;
    if (std::string* text = text_for(at)) {
        text->append(part.data(), part.size());
        return true;
    }
    if (at == field::error) read.reports_error |= size > 0;
    return (at != field::choices && at != field::message) || refuse(wrong_type, ec);
}

bool chunk_handler::on_int64(std::int64_t value, json::string_view, error_code& ec) {
    if (depth_ == 0) return refuse(not_an_object, ec);
    const std::int64_t count = std::max<std::int64_t>(value, 0);
    const field at = top().at;
    switch (at) {
        case field::index: return value == 0 || refuse("it does not hold one choice", ec);
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
        case field::arguments: return refuse(wrong_type, ec);
        case field::error: read.reports_error |= value != 0; return true;
        default: return true;
    }
}

bool chunk_handler::on_uint64(std::uint64_t, json::string_view text, error_code& ec) {
    return on_int64(INT64_MAX, text, ec);
}

bool chunk_handler::on_double(double value, json::string_view text, error_code& ec) {
    constexpr double largest = 9e15;
    return on_int64(value > 0 && value < largest ? static_cast<std::int64_t>(value) : 0, text, ec);
}

bool chunk_handler::on_null(error_code& ec) {
    return depth_ > 0 || refuse(not_an_object, ec);
}

bool chunk_handler::on_bool(bool value, error_code& ec) {
    return on_int64(value ? 1 : 0, {}, ec);
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
    state() : parser(options()) {}

    static json::parse_options options() {
        json::parse_options deep_enough;
        deep_enough.max_depth = json_depth;
        return deep_enough;
    }

    json::basic_parser<chunk_handler> parser;
};

chunk_parser::chunk_parser() : state_(std::make_unique<state>()) {}
chunk_parser::~chunk_parser() = default;

const chunk& chunk_parser::read() const {
    return state_->parser.handler().read;
}

std::string chunk_parser::parse(std::string_view text) {
    auto& parser = state_->parser;
    chunk_handler& handler = parser.handler();
    parser.reset();
    handler.read.clear();
    handler.complaint.clear();
    error_code ec;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    if (!handler.complaint.empty()) return handler.complaint;
    if (ec) return "it is not JSON at byte " + std::to_string(used) + " (" + ec.message() + ")";
    return used < text.size() ? "it goes on after its JSON value" : "";
}

}  // namespace riva::llm::openai_chat
