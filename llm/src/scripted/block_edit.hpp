#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace riva::llm::scripted {

/// One exact replacement.
struct block {
    std::string find;
    std::string replace;

    friend bool operator==(const block&, const block&) = default;
};

/// The smallest run of whole lines of `original` that occurs in it only once and whose replacement
/// makes it `wanted`. There is none only for an empty original.
std::optional<block> block_edit(std::string_view original, std::string_view wanted);

}  // namespace riva::llm::scripted
