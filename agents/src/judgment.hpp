#pragma once

#include <riva/runtime/verdict.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What a model that judges is asked, and what its answer says. Each item has a nonce that whoever
/// wrote the item cannot know: what stands in an item cannot speak for it, nor for another one.
namespace riva::agents {

extern const std::string_view judgment_schema_name;

/// The schema of an answer: one verdict for each nonce, and nothing else.
std::string judgment_schema(const std::vector<std::string>& nonces);

/// What the judge says of one item.
struct opinion {
    verdict result = verdict::fail;  ///< `indeterminate` if the judge cannot tell
    std::string reason;

    friend bool operator==(const opinion&, const opinion&) = default;
};

/// One opinion for each nonce, in order. An item whose nonce is missing or doubled has failed; an
/// answer that is no judgment, or has a nonce that was not asked for, is refused as a whole, and
/// all items have failed.
std::vector<opinion> read_judgment(std::string_view json, const std::vector<std::string>& nonces);

}  // namespace riva::agents
