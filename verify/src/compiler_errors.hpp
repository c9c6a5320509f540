#pragma once

#include <riva/verify/check.hpp>

namespace riva::verify {

/// Tells from the log of gcc or clang why a file was rejected. The first error decides: those after
/// it may only follow from it. `indeterminate` if the compiler would need to know more of the build
/// (a header that is nowhere, `#error`); `infra_error` if it named no error.
void explain_compilation(evidence& e);

}  // namespace riva::verify
