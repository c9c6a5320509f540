#pragma once

#include "json_depth.hpp"

#include <riva/runtime/error.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace riva::llm {

/// Parses one JSON value as strictly as an answer needs: nothing after it, no key twice in an
/// object, finite numbers, valid UTF-8, depth <= 64. Time is linear but for sorting keys.
/// Errors: `errc::malformed_answer` saying what is wrong at which byte.
result<boost::json::value> parse_json(std::string_view text);

/// Appends the shortest text that reads back as the same number, which must be finite.
void append_json_number(std::string& out, double value);

}  // namespace riva::llm
