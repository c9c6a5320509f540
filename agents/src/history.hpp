#pragma once

#include <riva/runtime/intention.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace riva::agents {

/// The evidence of checks as the model sees it: what ran, how it ended, and the end of its log.
std::string describe_evidence(const std::vector<evidence>& found, std::size_t most_bytes);

/// An action with what it writes, each text cut to `most_bytes`.
std::string describe_action(const action& what, std::size_t most_bytes);

/// What was tried so far: the last attempt in full, earlier ones in short. Empty if nothing was.
std::string describe_history(const std::vector<cycle>& trace, std::string_view note);

/// A text cut to `most` bytes, its beginning and its end kept, at the borders of characters.
std::string shorten(std::string_view text, std::size_t most);

}  // namespace riva::agents
