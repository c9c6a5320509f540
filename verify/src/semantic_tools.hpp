#pragma once

#include "compile_database.hpp"
#include "source_check.hpp"

namespace riva::verify {

/// One function per language: judges what a parser cannot see. A missing tool is `indeterminate`.

/// Undefined names, found by pyflakes; its other complaints, such as an unused import, are no
/// failure. Executes nothing of the files.
asio::awaitable<evidence> judge_python_names(source_task task, deadline by);

/// Types, as the build compiles the file. Executes nothing of it. One file.
asio::awaitable<evidence> judge_compilation(source_task task, compile_command as, deadline by);

/// `tsc --noEmit` with the repository's tsconfig.json, by the repository's own compiler if it has
/// one.
asio::awaitable<evidence> judge_typescript(source_task task, deadline by);

/// `cargo check --offline`, which runs build scripts and macros.
asio::awaitable<evidence> judge_rust(source_task task, deadline by);

/// `go vet` without a network.
asio::awaitable<evidence> judge_go(source_task task, deadline by);

}  // namespace riva::verify
