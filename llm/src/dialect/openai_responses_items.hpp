#pragma once

#include "../answer.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::openai_responses {

/// The output items of one answer: hands their pieces to an `answer`, lets the final form of an
/// item correct its pieces, and keeps the items as the provider wants to have them back. Events
/// name their item by its place, or by its id, or, with servers that name neither, mean the one of
/// its kind that is under way. Thread safety: none. Lifetime: `into` must outlive it.
class item_list {
public:
    static constexpr std::size_t most_items = 4096;

    explicit item_list(answer& into) : into_(into) {}

    /// Takes an event that begins an item, or adds a piece to one. Other events are ignored.
    /// Errors: malformed_answer; http_limit when there are too many items.
    result<void> take(std::string_view kind, const boost::json::object& event);
    /// Takes the items of the whole answer, when not all were streamed to their end: begun ones are
    /// ended, others added. Errors as for `take`; malformed_answer when a call has still not ended.
    result<void> take_output(const boost::json::array& output);

    /// The whole turn as a JSON array when it holds what must be sent back unchanged, and all of
    /// its items have ended.
    std::optional<std::string> native() const;

private:
    struct item {
        std::optional<std::int64_t> index;
        std::string id;
        std::string type;
        boost::json::object as_sent;  // once it has ended
        std::optional<std::size_t> call;  // number in `into_`
        std::optional<std::size_t> text_begins;  // in the reply's text
        std::size_t part_begins = 0;
        bool part_open = false;
        bool reasoned = false;
        bool refused = false;
        bool call_ended = false;  // its arguments are whole
        bool ended = false;
    };

    item* find_named(const boost::json::object& event, std::string_view id);
    item* find(const boost::json::object& event, std::string_view id, std::string_view type);
    result<std::size_t> begin(const boost::json::object& event, const boost::json::object& sent);
    result<std::size_t> obtain(const boost::json::object& event, std::string_view type);
    result<void> end(const boost::json::object& event, const boost::json::object& sent);
    void add_text(std::size_t number, std::string_view piece);
    void end_text(std::size_t number, std::string_view whole);
    result<void> add_arguments(const boost::json::object& event, bool whole);
    result<void> add_reasoning(const boost::json::object& event);
    result<void> add_refusal(const boost::json::object& event, std::string_view key);
    void correct_message(std::size_t number, const boost::json::object& sent);
    void correct_reasoning(item& of, const boost::json::object& sent);
    void correct_call(item& of, const boost::json::object& sent);

    answer& into_;
    std::vector<item> items_;
    std::size_t writing_ = 0;  // which item wrote the last text
};

}  // namespace riva::llm::openai_responses
