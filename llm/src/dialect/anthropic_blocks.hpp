#pragma once

#include "../answer.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::anthropic {

/// The content blocks of one answer: hands their pieces to an `answer`, and keeps the blocks as the
/// provider wants to have them back. Thread safety: none. Lifetime: `into` must outlive it.
class block_list {
public:
    static constexpr std::size_t most_blocks = 4096;

    explicit block_list(answer& into) : into_(into) {}

    /// Errors: http_limit when there are too many.
    result<void> begin(std::int64_t index, const boost::json::object& block);
    /// Adds a piece to a block. Errors: malformed_answer when there is no such block.
    result<void> add(std::int64_t index, const boost::json::object& delta);
    /// Ends a block; has no effect on one that has ended or never begun.
    void end(std::int64_t index);
    /// Ends the blocks that the server has not. Errors: malformed_answer when one is a tool call.
    result<void> end_all();

    /// The whole turn as a JSON array when it holds what must be sent back unchanged, and nothing
    /// that could not be put together from its pieces.
    std::optional<std::string> native() const;

private:
    struct block {
        std::int64_t index;
        std::string type;
        boost::json::object as_sent;  // with what its pieces add, but for `input`
        std::string pieces;  // of the text, or of the input that is no tool call's
        std::optional<std::size_t> call;  // number in `into_`
        bool open = true;
        bool whole = true;  // all pieces were understood
    };

    block* find(std::int64_t index);
    void begin_call(block& made);
    void end(block& done);
    std::string text_of(const block& each) const;

    answer& into_;
    std::vector<block> blocks_;
};

}  // namespace riva::llm::anthropic
