#pragma once

#include <riva/llm/error.hpp>
#include <riva/runtime/error.hpp>

#include <algorithm>
#include <initializer_list>

namespace riva::llm {

inline bool is_one_of(const error_code& code, std::initializer_list<errc> all) {
    return std::ranges::any_of(all, [&](errc each) { return code == each; });
}

}  // namespace riva::llm
