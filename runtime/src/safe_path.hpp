#pragma once

#include <riva/runtime/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva {

/// A piece of text for a message: in quotes, control characters and bytes that are no UTF-8
/// escaped, cut when long.
std::string shown(std::string_view text);

/// The first of them, and how many more there are.
std::string shown_list(const std::vector<std::string>& texts);

std::vector<std::string_view> components(std::string_view path);

/// Why an action must not use `path`, judged by its text alone.
std::optional<error> refusal(std::string_view path);

/// The same for a path that a file already has: it may hold control characters and bytes that are
/// no UTF-8, but cannot lead out of its folder.
std::optional<error> structural_refusal(std::string_view path);

/// `.git` or `.riva` or something below one of them, whatever the case and with invisible
/// characters left out (git's CVE-2014-9390).
bool is_metadata(std::string_view path);

/// Metadata, `riva.toml`, or one of `protected_paths` or something below it, compared in the same
/// way.
bool is_protected(std::string_view path, const std::vector<std::string>& protected_paths);

}  // namespace riva
