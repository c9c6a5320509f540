#pragma once

#include <riva/runtime/error.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace riva::test {

/// Writes a database in which every table has rows, on several pages where that is possible.
void write_full_database(const std::filesystem::path& file);

using answer = result<std::vector<std::string>>;
using question = std::pair<const char*, std::function<answer(const std::filesystem::path&)>>;

/// Whatever is read from a database by itself, with its name. A new table is part of `every row`,
/// if `write_full_database` fills it; what reads it belongs here.
const std::vector<question>& every_question();

}  // namespace riva::test
