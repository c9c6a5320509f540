#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace riva::llm {

// What a server's JSON object says under a key. A member of another kind counts as missing, because
// servers disagree about members that nobody needs. Lifetime: results point into the object.

/// The text; empty when it is missing.
std::string_view text_member(const boost::json::object& of, std::string_view key);
/// nullptr when it is missing.
const boost::json::object* object_member(const boost::json::object& of, std::string_view key);
/// nullptr when it is missing.
const boost::json::array* array_member(const boost::json::object& of, std::string_view key);
/// A count of things, from 0 to 2^53; nothing when it is missing or no such number.
std::optional<std::int64_t> count_member(const boost::json::object& of, std::string_view key);

}  // namespace riva::llm
