#pragma once

#include <riva/llm/chat.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace riva::llm {

/// A JSON schema for providers that take only the portable subset: objects are closed, `oneOf` is
/// `anyOf`, and bounds, patterns and all other keywords that a provider may refuse stand in the
/// description, where the model still reads them. Text that is no JSON object is returned as it is.
std::string portable_schema(std::string_view schema);

/// Whether a schema obeys the strict rules of OpenAI: every object is closed and requires all of
/// its properties, and the root is an object.
bool is_strict(const boost::json::value& schema);

/// The schema as an instruction, for servers that take none.
std::string schema_in_words(const answer_schema& schema);

}  // namespace riva::llm
