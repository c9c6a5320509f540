#pragma once

#include <riva/verify/check.hpp>

#include <string>
#include <utility>

namespace riva::verify {

/// Evidence that a check begins with: what it declares about itself, and nothing found yet.
inline evidence blank_evidence(
    const check_traits& traits,
    const check_input& input,
    verdict result = verdict::indeterminate,
    std::string detail = {}
) {
    evidence e;
    e.check = traits.id;
    e.result = result;
    e.layer = traits.layer;
    e.author = traits.author;
    e.inputs = input.tree;
    e.detail = std::move(detail);
    return e;
}

}  // namespace riva::verify
