#pragma once

#include <riva/runtime/sandbox.hpp>

#include <filesystem>
#include <memory>

namespace riva {

/// A sandbox and its probe by the bubblewrap program at `program`.
std::unique_ptr<sandbox> make_bubblewrap_sandbox(std::filesystem::path program);
asio::awaitable<result<void>> probe_bubblewrap(std::filesystem::path program, deadline by);

}  // namespace riva
