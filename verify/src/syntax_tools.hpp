#pragma once

#include "source_check.hpp"

namespace riva::verify {

/// One function per language: judges without executing anything of the files and without writing.
/// Those that take one file judge the first.
asio::awaitable<evidence> judge_python(source_task task, deadline by);
asio::awaitable<evidence> judge_c(source_task task, deadline by);
asio::awaitable<evidence> judge_cpp(source_task task, deadline by);
/// `.h` belongs to both languages: passes if one of them accepts it.
asio::awaitable<evidence> judge_shared_header(source_task task, deadline by);
asio::awaitable<evidence> judge_javascript(source_task task, deadline by);
asio::awaitable<evidence> judge_json(source_task task, deadline by);

}  // namespace riva::verify
