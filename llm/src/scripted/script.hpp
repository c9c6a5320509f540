#pragma once

#include "scripted/answer.hpp"
#include "scripted/pattern.hpp"

#include <riva/runtime/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::scripted {

/// Which requests a rule answers: those that meet every condition it has.
struct condition_set {
    std::string model;  ///< glob; empty: any
    std::string dialect;  ///< empty: any
    std::optional<bool> stream;
    std::optional<model_tier> tier;
    std::optional<std::string> purpose;
    std::optional<std::string> message;  ///< the whole last message
    std::vector<std::string> contains;   ///< each occurs in the last message
    std::optional<scripted::pattern> pattern;
    std::int64_t nth = 0;  ///< only the nth request that meets the other conditions; 0: each
};

struct rule {
    condition_set match;
    std::vector<answer> replies;  ///< in order, at least one
    bool repeat_last = true;      ///< otherwise a request after the last reply is refused
};

struct script {
    std::vector<rule> rules;  ///< the first that matches answers
    std::string key;          ///< every request must show it; empty: none is needed
};

/// Reads a script. `name` stands before the place in messages.
/// Errors: `errc::script_invalid` naming the place.
result<script> parse_script(std::string_view json, const std::string& name);

}  // namespace riva::llm::scripted
