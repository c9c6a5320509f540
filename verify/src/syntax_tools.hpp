#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/sandbox.hpp>
#include <riva/verify/check.hpp>

#include <string>
#include <vector>

namespace riva::verify {

/// What a syntax check has to judge: files that exist below the root of the input.
struct syntax_task {
    sandbox* where = nullptr;
    check_traits traits;
    check_input input;
    std::vector<std::string> files;
};

/// One function per language: judges without executing anything of the files and without writing.
/// Those that take one file judge the first.
asio::awaitable<evidence> judge_python(syntax_task task, deadline by);
asio::awaitable<evidence> judge_c(syntax_task task, deadline by);
asio::awaitable<evidence> judge_cpp(syntax_task task, deadline by);
/// `.h` belongs to both languages: passes if one of them accepts it.
asio::awaitable<evidence> judge_shared_header(syntax_task task, deadline by);
asio::awaitable<evidence> judge_javascript(syntax_task task, deadline by);
asio::awaitable<evidence> judge_json(syntax_task task, deadline by);

}  // namespace riva::verify
