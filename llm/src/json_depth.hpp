#pragma once

#include <cstddef>

namespace riva::llm {

/// Containers of JSON inside one another, at most.
constexpr std::size_t json_depth = 64;

}  // namespace riva::llm
