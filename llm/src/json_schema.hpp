#pragma once

#include <riva/runtime/error.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace riva::llm {

/// A JSON schema in the subset that every provider understands, checked here: type (one, or a union
/// with null), properties, required, additionalProperties (true or false), items, enum, const,
/// anyOf, and bounds of numbers, lengths and counts. Annotations are ignored.
class json_schema {
public:
    /// Errors: `errc::bad_request` naming the keyword that cannot be checked, so that nothing is
    /// let through unchecked.
    static result<json_schema> parse(std::string_view text);

    /// Why a value does not fit, with its path; nothing when it fits.
    std::optional<std::string> mismatch(const boost::json::value& value) const;

    /// The bracket with which every fitting text begins: `{`, `[`, or 0 when it can be neither.
    char opening_bracket() const;

private:
    boost::json::value root_;
};

}  // namespace riva::llm
