#include "openai_reader.hpp"

#include <algorithm>
#include <span>

namespace riva::llm::openai_chat {
namespace {

namespace json = boost::json;

struct member {
    std::string_view key;
    field what;
};

constexpr std::array root_members{
    member{"id", field::id},
    member{"model", field::model},
    member{"object", field::object},
    member{"choices", field::choices},
    member{"usage", field::usage},
    member{"error", field::error},
    member{"error_message", field::error_message},
    member{"error_type", field::error_type},
    member{"message", field::loose_message},
    member{"detail", field::loose_message},
    member{"type", field::loose_type},
    member{"code", field::loose_code},
};
constexpr std::array choice_members{
    member{"index", field::index},
    member{"delta", field::message},
    member{"message", field::message},
    member{"finish_reason", field::finish_reason},
};
constexpr std::array message_members{
    member{"content", field::content},
    member{"refusal", field::refusal},
    member{"reasoning", field::reasoning},
    member{"reasoning_content", field::reasoning_content},
    member{"tool_calls", field::tool_calls},
};
constexpr std::array usage_members{
    member{"prompt_tokens", field::prompt_tokens},
    member{"completion_tokens", field::completion_tokens},
    member{"prompt_tokens_details", field::prompt_details},
    member{"completion_tokens_details", field::completion_details},
};
constexpr std::array prompt_members{member{"cached_tokens", field::cached_tokens}};
constexpr std::array completion_members{member{"reasoning_tokens", field::reasoning_tokens}};
constexpr std::array error_members{
    member{"message", field::error_message},
    member{"type", field::error_type},
    member{"code", field::error_code},
};

std::span<const member> members_of(node where) {
    switch (where) {
        case node::root: return root_members;
        case node::choice: return choice_members;
        case node::message: return message_members;
        case node::usage: return usage_members;
        case node::prompt_details: return prompt_members;
        case node::completion_details: return completion_members;
        case node::error: return error_members;
        default: return {};
    }
}

field find_field(node where, std::string_view key) {
    for (const member& each : members_of(where))
        if (each.key == key) return each.what;
    return field::none;
}

constexpr std::string_view not_an_object = "it is no object";

std::string_view view(json::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

bool reply_reader::refuse(std::string_view why, error_code& ec) {
    complaint = why;
    ec = json::error::syntax;
    return false;
}

bool reply_reader::on_document_begin(error_code&) {
    depth_ = 0;
    choices_ = 0;
    levels_[0] = {};
    return true;
}

bool reply_reader::on_document_end(error_code&) {
    if (object_ == "error" && !failed) {
        failure = loose;
        failed = true;
    }
    return true;
}

bool reply_reader::open(bool object, error_code& ec) {
    if (depth_ + 1 >= levels_.size()) return refuse("it is nested too deeply", ec);
    const level here = top();
    levels_[++depth_] = {};
    if (depth_ == 1) {
        top().where = node::root;
        return object || refuse(not_an_object, ec);
    }
    return enter(here.where, here.at, object, ec);
}

bool reply_reader::close() {
    --depth_;
    return true;
}

bool reply_reader::enter(node where, field at, bool object, error_code& ec) {
    node& inside = top().where;
    if (where == node::choices) {
        if (!object || ++choices_ > 1) return refuse("it does not hold one choice", ec);
        choice_seen = true;
        inside = node::choice;
    } else if (where == node::tool_calls) {
        tool_call_seen = true;
    } else if (at == field::choices) {
        if (object) return refuse("its 'choices' is no list", ec);
        inside = node::choices;
    } else if (at == field::message) {
        if (!object) return refuse("its message is no object", ec);
        inside = node::message;
    } else if (at == field::tool_calls) {
        inside = node::tool_calls;
    } else if (at == field::usage && object) {
        inside = node::usage;
        reply.usage = {};
    } else if (at == field::prompt_details) {
        inside = node::prompt_details;
    } else if (at == field::completion_details) {
        inside = node::completion_details;
    } else if (at == field::error) {
        inside = node::error;
        failed = true;
    } else if (at == field::content || at == field::finish_reason) {
        return refuse("its content or finish_reason is no text", ec);
    }
    return true;
}

bool reply_reader::on_key_part(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    return true;
}

bool reply_reader::on_key(json::string_view part, std::size_t, error_code& ec) {
    if (!key_.empty()) key_.append(part.data(), part.size());
    level& here = top();
    here.at = find_field(here.where, key_.empty() ? view(part) : std::string_view(key_));
    key_.clear();
    if (here.at == field::none) return true;
    const std::uint32_t bit = 1u << static_cast<unsigned>(here.at);
    const bool twice = (here.seen & bit) != 0 && here.at != field::loose_message;
    here.seen |= bit;
    if (here.at == field::finish_reason) finish_reason_.clear();
    if (here.at == field::object) object_.clear();
    return !twice || refuse("a key occurs twice in one object", ec);
}

// Servers that send the thoughts under both names send them twice.
std::string* reply_reader::text_for(field at) {
    const auto other = at == field::reasoning ? field::reasoning_content : field::reasoning;
    const bool doubled = (top().seen & (1u << static_cast<unsigned>(other))) != 0;
    switch (at) {
        case field::content: return &reply.text;
        case field::refusal: return &refusal;
        case field::reasoning:
        case field::reasoning_content: return doubled ? &dropped_ : &reply.reasoning;
        case field::id: return &reply.id;
        case field::model: return &reply.model;
        case field::object: return &object_;
        case field::finish_reason: return &finish_reason_;
        case field::error:
        case field::error_message: return &failure.message;
        case field::error_type: return &failure.type;
        case field::error_code: return &failure.code;
        case field::loose_message: return &loose.message;
        case field::loose_type: return &loose.type;
        case field::loose_code: return &loose.code;
        default: return nullptr;
    }
}

bool reply_reader::on_string_part(json::string_view part, std::size_t, error_code&) {
    if (std::string* text = text_for(top().at)) text->append(part.data(), part.size());
    return true;
}

bool reply_reader::on_string(json::string_view part, std::size_t size, error_code& ec) {
    if (depth_ == 0) return refuse(not_an_object, ec);
    const field at = top().at;
    std::string* const text = text_for(at);
    if (text == nullptr) {
        const bool structural = at == field::choices || at == field::message;
        return !structural || refuse_scalar(ec);
    }
    text->append(part.data(), part.size());
    // The same in every chunk: the last one stands.
    const bool repeated = at == field::id || at == field::model;
    if (repeated && size > 0) text->erase(0, text->size() - size);
    if (text == &failure.message || text == &failure.type) failed |= !text->empty();
    if (at == field::finish_reason) return end_finish_reason();
    dropped_.clear();
    return true;
}

bool reply_reader::end_finish_reason() {
    if (finish_reason_.empty()) return true;
    finished = true;
    if (finish_reason_ == "stop")
        reply.stop = stop_reason::end_turn;
    else if (finish_reason_ == "length")
        reply.stop = stop_reason::max_tokens;
    else if (finish_reason_ == "content_filter")
        reply.stop = stop_reason::content_filter;
    else if (finish_reason_ == "tool_calls" || finish_reason_ == "function_call")
        reply.stop = stop_reason::tool_calls;
    else
        reply.stop = stop_reason::other;
    failed_finish = finish_reason_ == "error";
    return true;
}

bool reply_reader::refuse_scalar(error_code& ec) {
    return refuse("a member has the wrong type", ec);
}

bool reply_reader::on_int64(std::int64_t value, json::string_view, error_code& ec) {
    if (depth_ == 0) return refuse(not_an_object, ec);
    const std::int64_t count = std::max<std::int64_t>(value, 0);
    switch (top().at) {
        case field::index: return value == 0 || refuse("it does not hold one choice", ec);
        case field::prompt_tokens:
            reply.usage.input = count;
            reply.usage_known = true;
            return true;
        case field::completion_tokens:
            reply.usage.output = count;
            reply.usage_known = true;
            return true;
        case field::cached_tokens: reply.usage.cached = count; return true;
        case field::reasoning_tokens: reply.usage.reasoning = count; return true;
        case field::error_code: failure.code = std::to_string(value); return true;
        case field::loose_code: loose.code = std::to_string(value); return true;
        case field::content:
        case field::finish_reason:
        case field::choices:
        case field::message: return refuse_scalar(ec);
        case field::error: failed |= value != 0; return true;
        default: return true;
    }
}

bool reply_reader::on_uint64(std::uint64_t, json::string_view text, error_code& ec) {
    return on_int64(INT64_MAX, text, ec);
}

bool reply_reader::on_double(double value, json::string_view text, error_code& ec) {
    constexpr double largest = 9e15;
    return on_int64(value > 0 && value < largest ? static_cast<std::int64_t>(value) : 0, text, ec);
}

bool reply_reader::on_null(error_code& ec) {
    return depth_ > 0 || refuse(not_an_object, ec);
}

bool reply_reader::on_bool(bool value, error_code& ec) {
    return on_int64(value ? 1 : 0, {}, ec);
}

}  // namespace riva::llm::openai_chat
