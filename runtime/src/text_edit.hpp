#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace riva {

/// The text after all replacements, each applied to what the one before made of it. `path` is for
/// messages. Errors: `errc::text_missing`, `errc::text_ambiguous`.
result<std::string> replaced(
    std::string text, const std::vector<text_replacement>& replacements, std::string_view path
);

}  // namespace riva
