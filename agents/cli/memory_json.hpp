#pragma once

#include <riva/memory/project_entry.hpp>
#include <riva/runtime/error.hpp>

#include <string>
#include <string_view>

namespace riva::cli {

/// One line of JSON without a newline.
std::string to_json(const memory::project_entry& entry);

/// Reads what `to_json` wrote. Errors: `riva::memory::errc::bad_entry`, as a part of a sentence.
result<memory::new_entry> entry_from_json(std::string_view line);

}  // namespace riva::cli
