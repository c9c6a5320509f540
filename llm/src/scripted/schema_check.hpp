#pragma once

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>

namespace riva::llm::scripted {

/// What forbids a schema in strict mode: every object closed by `additionalProperties: false` with
/// all its properties required, an object at the root, and no keyword that the real servers refuse.
std::optional<std::string> strict_schema_fault(const boost::json::value& schema);

/// What forbids a schema where only objects must be closed by `additionalProperties: false`.
std::optional<std::string> open_object_fault(const boost::json::value& schema);

/// The `title` at the root of a schema, which names it where the wire format has no name for it.
std::string schema_title(const boost::json::value& schema);

}  // namespace riva::llm::scripted
