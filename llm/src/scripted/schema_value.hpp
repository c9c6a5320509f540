#pragma once

#include <boost/json/fwd.hpp>

namespace riva::llm::scripted {

/// A small value that satisfies a JSON schema, always the same one: the first of an enumeration,
/// the least number, the shortest text, only what is required. Knows the keywords that structured
/// output takes, with types in lower or upper case; patterns are not looked at.
boost::json::value smallest_value(const boost::json::value& schema);

}  // namespace riva::llm::scripted
