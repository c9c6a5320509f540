#include "openai_responses_items.hpp"

#include "../http_text.hpp"
#include "../json_members.hpp"
#include "json_event.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace riva::llm::openai_responses {
namespace {

namespace json = boost::json;

/// Only the provider can read it.
bool is_opaque(std::string_view type, const json::object& item) {
    if (type == "reasoning") return !text_member(item, "encrypted_content").empty();
    return type != "message" && type != "function_call";
}

/// The texts under `list` of the parts of one type, one behind the other.
std::string joined(
    const json::object& item,
    std::string_view list,
    std::string_view type,
    std::string_view key,
    std::string_view between
) {
    std::string text;
    const json::array* parts = array_member(item, list);
    if (parts == nullptr) return text;
    for (const json::value& each : *parts) {
        const json::object* part = each.if_object();
        if (part == nullptr || text_member(*part, "type") != type) continue;
        if (!text.empty()) text += between;
        text += text_member(*part, key);
    }
    return text;
}

/// A text, as it should be, or an object.
std::string arguments_of(const json::object& item) {
    if (const json::object* object = object_member(item, "arguments"))
        return json::serialize(*object);
    return std::string(text_member(item, "arguments"));
}

}  // namespace

item_list::item* item_list::find_named(const json::object& event, std::string_view id) {
    const auto index = count_member(event, "output_index");
    for (item& each : items_)
        if (index && each.index == index) return &each;
    for (item& each : items_)
        if (!id.empty() && each.id == id) return &each;
    return nullptr;
}

// A name that no item has is that of a new one, unless the item had none so far.
item_list::item* item_list::find(
    const json::object& event, std::string_view id, std::string_view type
) {
    if (item* named = find_named(event, id)) return named;
    const auto index = count_member(event, "output_index");
    for (auto at = items_.rbegin(); at != items_.rend(); ++at) {
        const bool named = (index && at->index) || (!id.empty() && !at->id.empty());
        if (!named && !at->ended && at->type == type) return &*at;
    }
    return nullptr;
}

result<std::size_t> item_list::begin(const json::object& event, const json::object& sent) {
    if (items_.size() == most_items)
        return error{
            errc::http_limit,
            into_.from().who + " sends more than " + std::to_string(most_items) +
                " items in one answer"
        };
    item& made = items_.emplace_back();
    made.index = count_member(event, "output_index");
    made.id = text_member(sent, "id");
    made.type = text_member(sent, "type");
    if (made.type == "function_call") {
        std::string_view id = text_member(sent, "call_id");
        if (id.empty()) id = made.id;
        made.call = into_.begin_tool_call(id, text_member(sent, "name"));
    }
    return items_.size() - 1;
}

/// The item that an event adds to. Servers that do not announce a message begin it with its text.
result<std::size_t> item_list::obtain(const json::object& event, std::string_view type) {
    const std::string_view id = text_member(event, "item_id");
    if (const item* found = find(event, id, type))
        return static_cast<std::size_t>(found - items_.data());
    if (type == "function_call")
        return malformed_answer(into_.from(), "arguments belong to no call that has begun");
    return begin(event, json::object{{"id", id}, {"type", type}});
}

void item_list::add_text(std::size_t number, std::string_view piece) {
    item& to = items_[number];
    const std::size_t here = into_.so_far().text.size();
    if (!to.text_begins) to.text_begins = here;
    if (!to.part_open || writing_ != number) to.part_begins = here;
    to.part_open = true;
    writing_ = number;
    into_.add_text(piece);
}

void item_list::end_text(std::size_t number, std::string_view whole) {
    add_text(number, {});
    if (!whole.empty()) into_.replace_text(items_[number].part_begins, whole);
    items_[number].part_open = false;
}

result<void> item_list::add_arguments(const json::object& event, bool whole) {
    const auto number = obtain(event, "function_call");
    if (!number) return number.error();
    const item& to = items_[*number];
    if (!to.call) return malformed_answer(into_.from(), "arguments belong to what is no call");
    if (!whole) {
        into_.add_arguments(*to.call, text_member(event, "delta"));
        return {};
    }
    if (const std::string text = arguments_of(event); !text.empty())
        into_.replace_arguments(*to.call, text);
    into_.end_tool_call(*to.call);
    items_[*number].call_ended = true;
    return {};
}

result<void> item_list::add_reasoning(const json::object& event) {
    const auto number = obtain(event, "reasoning");
    if (!number) return number.error();
    items_[*number].reasoned = true;
    into_.add_reasoning(text_member(event, "delta"));
    return {};
}

result<void> item_list::add_refusal(const json::object& event, std::string_view key) {
    const auto number = obtain(event, "message");
    if (!number) return number.error();
    const bool repeats = key == "refusal" && items_[*number].refused;
    items_[*number].refused = true;
    if (!repeats) into_.add_refusal(text_member(event, key));
    return {};
}

void item_list::correct_message(std::size_t number, const json::object& sent) {
    const std::string whole = joined(sent, "content", "output_text", "text", "");
    const auto begins = items_[number].text_begins;
    if (!begins)
        add_text(number, whole);
    else if (writing_ == number && !whole.empty())
        into_.replace_text(*begins, whole);
    if (!items_[number].refused)
        into_.add_refusal(joined(sent, "content", "refusal", "refusal", " "));
}

void item_list::correct_reasoning(item& of, const json::object& sent) {
    if (of.reasoned) return;
    std::string text = joined(sent, "summary", "summary_text", "text", "\n\n");
    if (text.empty()) text = joined(sent, "content", "reasoning_text", "text", "");
    into_.add_reasoning(text);
}

void item_list::correct_call(item& of, const json::object& sent) {
    if (!of.call) return;
    if (const std::string whole = arguments_of(sent); !whole.empty())
        into_.replace_arguments(*of.call, whole);
    into_.end_tool_call(*of.call);
    of.call_ended = true;
    of.as_sent["call_id"] = into_.so_far().tool_calls[*of.call].id;
}

result<void> item_list::end(const json::object& event, const json::object& sent) {
    const std::string_view type = text_member(sent, "type");
    const item* found = find(event, text_member(sent, "id"), type);
    if (found == nullptr) {
        if (auto begun = begin(event, sent); !begun) return begun.error();
        found = &items_.back();
    }
    const auto number = static_cast<std::size_t>(found - items_.data());
    item& done = items_[number];
    if (done.ended) return {};
    done.ended = true;
    done.type = type;
    done.as_sent = sent;
    if (type == "message") correct_message(number, sent);
    if (type == "reasoning") correct_reasoning(done, sent);
    if (type == "function_call") correct_call(done, sent);
    if (is_opaque(type, sent)) into_.add_opaque(type, json::serialize(sent));
    return {};
}

result<void> item_list::take(std::string_view kind, const json::object& event) {
    if (kind == "response.output_item.added" || kind == "response.output_item.done") {
        const json::object* sent = object_member(event, "item");
        if (sent == nullptr) return malformed_answer(into_.from(), "an output item is missing");
        if (kind.ends_with("done")) return end(event, *sent);
        if (find_named(event, text_member(*sent, "id")) != nullptr) return {};
        if (const auto begun = begin(event, *sent); !begun) return begun.error();
        return {};
    }
    if (kind == "response.output_text.delta" || kind == "response.output_text.done") {
        const auto number = obtain(event, "message");
        if (!number) return number.error();
        if (kind.ends_with("done"))
            end_text(*number, text_member(event, "text"));
        else
            add_text(*number, text_member(event, "delta"));
        return {};
    }
    if (kind == "response.function_call_arguments.delta") return add_arguments(event, false);
    if (kind == "response.function_call_arguments.done") return add_arguments(event, true);
    if (kind == "response.refusal.delta") return add_refusal(event, "delta");
    if (kind == "response.refusal.done") return add_refusal(event, "refusal");
    if (kind == "response.reasoning_summary_text.delta" || kind == "response.reasoning_text.delta")
        return add_reasoning(event);
    if (kind == "response.reasoning_summary_part.added" &&
        count_member(event, "summary_index").value_or(0) > 0)
        into_.add_reasoning("\n\n");
    return {};
}

result<void> item_list::take_output(const json::array& output) {
    const auto streamed = std::ranges::count(items_, true, &item::ended);
    const bool complete = streamed > 0 && static_cast<std::size_t>(streamed) >= output.size();
    const bool numbered = std::ranges::any_of(items_, [](const item& i) { return !!i.index; });
    std::int64_t index = 0;
    for (const json::value& each : complete ? json::array() : output) {
        const json::object* sent = each.if_object();
        if (sent == nullptr) return malformed_answer(into_.from(), "an output item is no object");
        json::object place;
        if (numbered) place["output_index"] = index;
        ++index;
        if (auto taken = end(place, *sent); !taken) return taken;
    }
    for (const item& each : items_)
        if (each.call && !each.call_ended)
            return malformed_answer(into_.from(), "a tool call has not ended");
    return {};
}

// What the provider keeps no copy of, it knows only by its encrypted content.
std::optional<std::string> item_list::native() const {
    const auto opaque = [](const item& each) { return is_opaque(each.type, each.as_sent); };
    if (std::ranges::none_of(items_, opaque)) return std::nullopt;
    if (!std::ranges::all_of(items_, &item::ended)) return std::nullopt;
    std::string array = "[";
    for (const item& each : items_) {
        if (each.type == "reasoning" && !opaque(each)) continue;
        if (array.size() > 1) array += ',';
        array += json::serialize(each.as_sent);
    }
    return array + "]";
}

}  // namespace riva::llm::openai_responses
