#pragma once

#include "json_schema.hpp"

#include <string>
#include <string_view>

namespace riva::llm {

/// The JSON text in a model's answer, checked against a schema. Tolerates leading `<think>` blocks,
/// and fences or prose around the value when it is the only one of its kind; changes nothing in it.
/// Errors: `errc::schema_mismatch` saying why, in words that a model can act on.
result<std::string> read_answer(std::string_view answer, const json_schema& schema);

}  // namespace riva::llm
