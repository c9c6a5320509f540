#pragma once

#include <map>
#include <string>
#include <string_view>

namespace riva::agents {

/// Fills a template: each `{{name}}` becomes its value. Values are inserted as they are and not
/// looked into again, so text from a repository cannot bring placeholders of its own. A name
/// without a value is a bug.
std::string render(
    std::string_view text, const std::map<std::string, std::string, std::less<>>& values
);

}  // namespace riva::agents
