#pragma once

#include <boost/json/fwd.hpp>

#include <string_view>

namespace riva::llm::scripted {

/// A small value that satisfies a JSON schema, always the same one: the first of an enumeration,
/// the least number, the shortest text, only what is required; `choose` where an enumeration holds
/// it. Knows the keywords that structured output takes, with types in lower or upper case; patterns
/// are not looked at.
boost::json::value smallest_value(const boost::json::value& schema, std::string_view choose = {});

}  // namespace riva::llm::scripted
