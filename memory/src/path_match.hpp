#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riva::memory {

/// Whether a path or glob of an entry names a file: one without a slash names files of all folders,
/// one that ends with a slash all files below a folder.
bool names_path(std::string_view pattern, std::string_view file);

/// Whether one of the patterns names one of the files.
bool names_any(const std::vector<std::string>& patterns, const std::vector<std::string>& files);

}  // namespace riva::memory
