#pragma once

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>

namespace riva::llm::scripted {

/// What forbids a schema in strict mode: every object closed by `additionalProperties: false` with
/// all its properties required, an object at the root, and no keyword that the real servers refuse.
std::optional<std::string> strict_schema_fault(const boost::json::value& schema);

}  // namespace riva::llm::scripted
