#include "anthropic_blocks.hpp"

#include "../http_text.hpp"
#include "../json_members.hpp"
#include "../json_text.hpp"
#include "json_event.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace riva::llm::anthropic {
namespace {

namespace json = boost::json;

/// Only the provider can read it. Thinking that is not signed means nothing to the provider.
bool is_opaque(std::string_view type, const json::object& block) {
    if (type == "thinking") return !text_member(block, "signature").empty();
    return type != "text" && type != "tool_use";
}

/// The provider refuses its own blocks without text, and thinking without a signature.
bool is_accepted(std::string_view type, const json::object& block) {
    if (type == "text") return !trimmed(text_member(block, "text")).empty();
    return type != "thinking" || is_opaque(type, block);
}

void append_citation(json::object& block, const json::object& delta) {
    const json::object* citation = object_member(delta, "citation");
    if (citation == nullptr) return;
    json::value& list = block["citations"];
    if (!list.is_array()) list = json::array();
    list.get_array().push_back(*citation);
}

}  // namespace

block_list::block* block_list::find(std::int64_t index) {
    const auto found = std::find_if(blocks_.rbegin(), blocks_.rend(), [&](const block& each) {
        return each.index == index;
    });
    return found == blocks_.rend() ? nullptr : &*found;
}

void block_list::begin_call(block& made) {
    made.call =
        into_.begin_tool_call(text_member(made.as_sent, "id"), text_member(made.as_sent, "name"));
    made.as_sent["id"] = into_.so_far().tool_calls[*made.call].id;
    const json::object* input = object_member(made.as_sent, "input");
    if (input != nullptr && !input->empty()) made.pieces = json::serialize(*input);
    made.as_sent.erase("input");
}

result<void> block_list::begin(std::int64_t index, const json::object& sent) {
    if (blocks_.size() == most_blocks)
        return error{
            errc::http_limit,
            into_.from().who + " sends more than " + std::to_string(most_blocks) +
                " content blocks in one answer"
        };
    block& made = blocks_.emplace_back();
    made.index = index;
    made.type = text_member(sent, "type");
    made.as_sent = sent;
    if (made.type == "tool_use") {
        begin_call(made);
    } else if (made.type == "text") {
        made.pieces = text_member(sent, "text");
        into_.add_text(made.pieces);
    } else if (made.type == "thinking") {
        made.pieces = text_member(sent, "thinking");
        into_.add_reasoning(made.pieces);
    }
    return {};
}

result<void> block_list::add(std::int64_t index, const json::object& delta) {
    block* to = find(index);
    if (to == nullptr)
        return malformed_answer(into_.from(), "a piece belongs to no content block that has begun");
    const std::string_view kind = text_member(delta, "type");
    if (kind == "text_delta") {
        to->pieces += text_member(delta, "text");
        into_.add_text(text_member(delta, "text"));
    } else if (kind == "thinking_delta") {
        to->pieces += text_member(delta, "thinking");
        into_.add_reasoning(text_member(delta, "thinking"));
    } else if (kind == "input_json_delta" && to->call) {
        into_.add_arguments(*to->call, text_member(delta, "partial_json"));
    } else if (kind == "input_json_delta") {
        to->pieces += text_member(delta, "partial_json");
    } else if (kind == "signature_delta") {
        to->as_sent["signature"] = text_member(delta, "signature");
    } else if (kind == "citations_delta") {
        append_citation(to->as_sent, delta);
    } else {
        to->whole = false;
    }
    return {};
}

void block_list::end(block& done) {
    if (!std::exchange(done.open, false)) return;
    if (done.call) {
        // Most servers send the input in pieces, some whole with the beginning of the block.
        const bool in_pieces = !into_.so_far().tool_calls[*done.call].arguments.empty();
        if (!in_pieces) into_.add_arguments(*done.call, done.pieces);
        into_.end_tool_call(*done.call);
        return;
    }
    if (done.type == "text" || done.type == "thinking") {
        done.as_sent[done.type] = done.pieces;
    } else if (!done.pieces.empty()) {
        auto input = parse_json(done.pieces);
        done.whole = done.whole && input;
        if (input) done.as_sent["input"] = std::move(*input);
    }
    if (done.whole && is_opaque(done.type, done.as_sent))
        into_.add_opaque(done.type, json::serialize(done.as_sent));
}

void block_list::end(std::int64_t index) {
    if (block* found = find(index)) end(*found);
}

result<void> block_list::end_all() {
    for (block& each : blocks_) {
        if (each.open && each.call)
            return malformed_answer(into_.from(), "a tool call has not ended");
        end(each);
    }
    return {};
}

std::string block_list::text_of(const block& each) const {
    std::string text = json::serialize(each.as_sent);
    if (!each.call) return text;
    const std::string& arguments = into_.so_far().tool_calls[*each.call].arguments;
    text.pop_back();
    return text + ",\"input\":" + (trimmed(arguments).empty() ? "{}" : arguments) + "}";
}

std::optional<std::string> block_list::native() const {
    const auto opaque = [](const block& each) { return is_opaque(each.type, each.as_sent); };
    if (std::ranges::none_of(blocks_, opaque)) return std::nullopt;
    if (!std::ranges::all_of(blocks_, &block::whole)) return std::nullopt;
    std::string array = "[";
    for (const block& each : blocks_) {
        if (!is_accepted(each.type, each.as_sent)) continue;
        if (array.size() > 1) array += ',';
        array += text_of(each);
    }
    return array + "]";
}

}  // namespace riva::llm::anthropic
