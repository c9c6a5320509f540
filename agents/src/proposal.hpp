#pragma once

#include <riva/runtime/action.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/intention.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace riva::agents {

/// What a model proposes to do next.
struct proposal {
    std::string thought;
    riva::action action;
    std::string expectation;
    bool done = true;
};

/// The JSON schema of a proposal: name and text.
extern const std::string_view proposal_schema_name;
extern const std::string_view proposal_schema;

/// Reads an answer that satisfies the schema. Errors: `errc::malformed_proposal` saying which
/// member is missing for the type of action.
result<proposal> parse_proposal(std::string_view json);

/// How a model splits an intention.
struct plan {
    std::string reason;
    std::vector<intention>
        parts;  ///< ids `1`, `2`, ... in the order given; `needs` name earlier ones
};

extern const std::string_view plan_schema_name;
extern const std::string_view plan_schema;

/// Errors: `errc::not_divisible` for fewer than two parts, `errc::malformed_proposal` for more than
/// `most`, for empty texts and for needs that are unknown or circular.
result<plan> parse_plan(std::string_view json, int most);

}  // namespace riva::agents
