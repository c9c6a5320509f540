#pragma once

#include "../json_text.hpp"
#include "openai_chat.hpp"

#include <boost/json/error.hpp>
#include <boost/json/string_view.hpp>

#include <array>
#include <cstdint>

namespace riva::llm::openai_chat {

/// The objects and arrays of the format that are looked into.
enum class node : std::uint8_t {
    ignored,
    root,
    choices,
    choice,
    message,
    tool_calls,
    usage,
    prompt_details,
    completion_details,
    error,
};

/// The members that are looked at.
enum class field : std::uint8_t {
    none,
    id,
    model,
    object,
    choices,
    usage,
    error,
    error_message,
    error_type,
    error_code,
    loose_message,
    loose_type,
    loose_code,
    index,
    message,
    finish_reason,
    content,
    refusal,
    reasoning,
    reasoning_content,
    tool_calls,
    prompt_tokens,
    completion_tokens,
    prompt_details,
    completion_details,
    cached_tokens,
    reasoning_tokens,
};

/// Handler for Boost.JSON's event parser: reads chunks and whole replies without building a tree,
/// and adds up what they say.
class reply_reader {
public:
    static constexpr std::size_t max_array_size = ~std::size_t{0};
    static constexpr std::size_t max_object_size = ~std::size_t{0};
    static constexpr std::size_t max_string_size = ~std::size_t{0};
    static constexpr std::size_t max_key_size = ~std::size_t{0};

    chat_reply reply;
    std::string refusal;
    server_error failure;
    server_error loose;    ///< message, type and code that stand in the root
    std::string complaint;  ///< why parsing was ended
    bool failed = false;    ///< an error was reported
    bool finished = false;
    bool failed_finish = false;  ///< the finish reason is `error`
    bool tool_call_seen = false;
    bool choice_seen = false;

    bool on_document_begin(error_code&);
    bool on_document_end(error_code&);
    bool on_object_begin(error_code& ec) { return open(true, ec); }
    bool on_array_begin(error_code& ec) { return open(false, ec); }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_array_end(std::size_t, error_code&) { return close(); }
    bool on_key_part(boost::json::string_view part, std::size_t, error_code&);
    bool on_key(boost::json::string_view part, std::size_t, error_code& ec);
    bool on_string_part(boost::json::string_view part, std::size_t, error_code&);
    bool on_string(boost::json::string_view part, std::size_t size, error_code& ec);
    bool on_number_part(boost::json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t value, boost::json::string_view, error_code& ec);
    bool on_uint64(std::uint64_t value, boost::json::string_view text, error_code& ec);
    bool on_double(double value, boost::json::string_view text, error_code& ec);
    bool on_bool(bool value, error_code& ec);
    bool on_null(error_code& ec);
    bool on_comment_part(boost::json::string_view, error_code&) { return true; }
    bool on_comment(boost::json::string_view, error_code&) { return true; }

private:
    struct level {
        node where = node::ignored;
        field at = field::none;
        std::uint32_t seen = 0;  // fields, one bit each
    };

    level& top() { return levels_[depth_]; }
    bool open(bool object, error_code& ec);
    bool close();
    bool enter(node where, field at, bool object, error_code& ec);
    std::string* text_for(field at);
    bool end_finish_reason();
    bool refuse(std::string_view why, error_code& ec);
    bool refuse_scalar(error_code& ec);

    std::array<level, json_depth + 2> levels_{};
    std::size_t depth_ = 0;
    std::string key_;     // a key that comes in parts
    std::string object_;  // value of the root's `object`
    std::string finish_reason_;
    std::string dropped_;
    std::size_t choices_ = 0;
};

}  // namespace riva::llm::openai_chat
