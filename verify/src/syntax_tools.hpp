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
asio::awaitable<evidence> judge_toml(source_task task, deadline by);
/// As a stream of events: tags may mean anything, aliases must be known.
asio::awaitable<evidence> judge_yaml(source_task task, deadline by);
/// Well-formed, without external entities.
asio::awaitable<evidence> judge_xml(source_task task, deadline by);
/// Code fences are closed; hardly anything else in Markdown is wrong for sure.
asio::awaitable<evidence> judge_markdown(source_task task, deadline by);
/// By the shell that the first line names, if that is `sh` or `bash`.
asio::awaitable<evidence> judge_shell(source_task task, deadline by);

}  // namespace riva::verify
