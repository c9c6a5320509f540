#pragma once

#include <string>

namespace riva::memory {

/// Unwinds a transaction that met a row that nobody has written: `riva::exception` with
/// `errc::corrupt` and a part of a sentence.
[[noreturn]] void refuse_row(const std::string& which, const std::string& how);

}  // namespace riva::memory
