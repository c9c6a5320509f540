#include "scripted/anthropic_messages.hpp"

#include "scripted/call_order.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

using verdict = std::optional<request_refusal>;

std::string text_at(const json::object& object, const char* member) {
    const json::value* found = object.if_contains(member);
    return found && found->is_string() ? std::string(found->get_string()) : "";
}

verdict wrong(const std::string& place, const std::string& what) {
    return anthropic_refusal(place + ": " + what);
}

verdict missing(const std::string& place) {
    return wrong(place, "Field required");
}

bool is_citing(const json::object& block) {
    const json::value* citations = block.if_contains("citations");
    return citations && citations->is_array() && !citations->get_array().empty();
}

class message_list_check {
public:
    message_list_check(bool newer, question& asked) : newer_(newer), asked_(asked) {}

    verdict message(const json::value& value, std::size_t i) {
        const std::string place = "messages." + std::to_string(i);
        const json::object* message = value.if_object();
        if (!message) return wrong(place, "Input should be an object");
        for (const auto& member : *message)
            if (member.key() != "role" && member.key() != "content")
                return wrong(
                    place + "." + std::string(member.key()), "Extra inputs are not permitted"
                );
        if (auto refused = role(text_at(*message, "role"), place)) return refused;
        const json::value* content = message->if_contains("content");
        if (!content) return missing(place + ".content");
        return contents(*content, place, i);
    }

    verdict end() const { return unanswered("messages", made_); }

private:
    verdict role(const std::string& role, const std::string& place) {
        if (role == "system" && newer_) return std::nullopt;
        if (role != "user" && role != "assistant")
            return wrong(place + ".role", "Input should be 'user' or 'assistant'");
        if (role_.empty() && role != "user")
            return anthropic_refusal("messages: first message must use the \"user\" role");
        if (role == role_)
            return anthropic_refusal(
                "messages: roles must alternate between \"user\" and \"assistant\", but found "
                "multiple \"" +
                role + "\" roles in a row"
            );
        role_ = role;
        return std::nullopt;
    }

    verdict contents(const json::value& content, const std::string& place, std::size_t i) {
        std::string& text = asked_.messages.emplace_back();
        expected_ = std::exchange(made_, {});
        if (content.is_string()) {
            text = std::string(content.get_string());
            if (text.empty()) return wrong(place, "all messages must have non-empty content");
            return unanswered(place, expected_);
        }
        const json::array* blocks = content.if_array();
        if (!blocks) return wrong(place + ".content", "Input should be a valid list");
        if (blocks->empty()) return wrong(place, "all messages must have non-empty content");
        only_results_ = true;
        for (std::size_t b = 0; b < blocks->size(); ++b)
            if (auto refused = block(
                    (*blocks)[b],
                    "messages." + std::to_string(i) + ".content." + std::to_string(b),
                    text
                ))
                return refused;
        return unanswered(place, expected_);
    }

    static verdict unanswered(const std::string& place, const call_order& calls) {
        if (calls.open().empty()) return std::nullopt;
        return wrong(
            place,
            "`tool_use` ids were found without `tool_result` blocks immediately after: " +
                calls.open_text() +
                ". Each `tool_use` block must have a corresponding `tool_result` block in the next "
                "message."
        );
    }

    verdict block(const json::value& value, const std::string& place, std::string& text) {
        const json::object* block = value.if_object();
        if (!block) return wrong(place, "Input should be an object");
        const std::string type = text_at(*block, "type");
        if (type == "tool_result") return result(*block, place, text);
        only_results_ = false;
        if (type == "text") return said(*block, place, text);
        if (type == "tool_use") return use(*block, place, text);
        if (type == "thinking") return thought(*block, place);
        if (type == "document" && newer_ && role_ == "assistant")
            return wrong(place, "document blocks are not permitted in assistant messages");
        if (type == "image" || type == "document")
            return block->contains("source") ? std::nullopt : missing(place + ".source");
        if (type == "redacted_thinking")
            return block->contains("data") ? std::nullopt : missing(place + ".data");
        if (type.ends_with("_tool_use") || type.ends_with("_tool_result") ||
            type == "search_result" || type == "container_upload")
            return std::nullopt;
        return wrong(
            place,
            "Input tag '" + type +
                "' found using 'type' does not match any of the expected tags: 'text', 'image', "
                "'document', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result'"
        );
    }

    verdict said(const json::object& block, const std::string& place, std::string& text) const {
        const json::value* value = block.if_contains("text");
        if (!value || !value->is_string()) return missing(place + ".text.text");
        if (value->get_string().empty())
            return wrong(place, "text content blocks must be non-empty");
        if (newer_ && role_ == "user" && is_citing(block))
            return wrong(place + ".citations", "citations are not permitted on user text blocks");
        text += std::string_view(value->get_string());
        return std::nullopt;
    }

    verdict use(const json::object& block, const std::string& place, std::string& text) {
        if (role_ != "assistant")
            return wrong(place, "`tool_use` blocks can only be in `assistant` messages");
        const std::string id = text_at(block, "id");
        if (id.empty()) return missing(place + ".tool_use.id");
        if (text_at(block, "name").empty()) return missing(place + ".tool_use.name");
        const json::value* input = block.if_contains("input");
        if (!input) return missing(place + ".tool_use.input");
        if (!input->is_object())
            return wrong(place + ".tool_use.input", "Input should be a valid dictionary");
        const auto& open = made_.open();
        if (std::find(open.begin(), open.end(), id) != open.end())
            return anthropic_refusal("messages: `tool_use` ids must be unique");
        made_.made(id);
        text += text_at(block, "name") + " " + json::serialize(*input);
        return std::nullopt;
    }

    verdict result(const json::object& block, const std::string& place, std::string& text) {
        const std::string id = text_at(block, "tool_use_id");
        if (role_ != "user")
            return wrong(place, "`tool_result` blocks can only be in `user` messages");
        if (id.empty()) return missing(place + ".tool_result.tool_use_id");
        if (!expected_.answer(id))
            return wrong(
                place,
                "unexpected `tool_use_id` found in `tool_result` blocks: " + id +
                    ". Each `tool_result` block must have a corresponding `tool_use` block in the "
                    "previous message."
            );
        if (!only_results_)
            return wrong(
                place, "`tool_result` blocks must come before all other content of a message"
            );
        const json::value* content = block.if_contains("content");
        return content ? anthropic_text(*content, place + ".tool_result.content", text)
                       : std::nullopt;
    }

    verdict thought(const json::object& block, const std::string& place) {
        if (role_ != "assistant")
            return wrong(place, "`thinking` blocks can only be in `assistant` messages");
        if (!block.contains("thinking")) return missing(place + ".thinking.thinking");
        if (!block.contains("signature")) return missing(place + ".thinking.signature");
        asked_.replayed.push_back({text_at(block, "thinking"), text_at(block, "signature")});
        return std::nullopt;
    }

    bool newer_;
    question& asked_;
    std::string role_;
    call_order made_;      // by the message before, or by this one
    call_order expected_;  // to be answered by this message
    bool only_results_ = true;
};

}  // namespace

request_refusal anthropic_refusal(std::string message) {
    return {400, std::move(message), "", ""};
}

verdict anthropic_text(const json::value& content, const std::string& place, std::string& text) {
    if (content.is_string()) {
        text += std::string_view(content.get_string());
        return std::nullopt;
    }
    const json::array* blocks = content.if_array();
    if (!blocks) return wrong(place, "Input should be a valid string");
    for (std::size_t i = 0; i < blocks->size(); ++i) {
        const json::object* block = (*blocks)[i].if_object();
        if (!block || !block->contains("type"))
            return missing(place + "." + std::to_string(i) + ".type");
        if (text_at(*block, "type") == "text") text += text_at(*block, "text");
    }
    return std::nullopt;
}

verdict check_anthropic_messages(const json::value& messages, bool newer, question& asked) {
    const json::array* list = messages.if_array();
    if (!list) return wrong("messages", "Input should be a valid list");
    if (list->empty()) return wrong("messages", "at least one message is required");
    message_list_check check(newer, asked);
    for (std::size_t i = 0; i < list->size(); ++i)
        if (auto refused = check.message((*list)[i], i)) return refused;
    return check.end();
}

}  // namespace riva::llm::scripted
