#pragma once

#include "file_descriptor.hpp"

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/offload.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>

namespace riva {

// Code that works on files runs on a thread of its own, many calls deep. It throws `exception` with
// the reason, so that every level cleans up in destructors; `file_work` turns it into a result.

[[noreturn]] void fail(errc code, std::string context);

/// Fails with `errc::io_failed`: what was tried, on which path, and what the system said.
[[noreturn]] void fail_io(std::string_view what, std::string_view path, int system_error);

/// Ends a long loop whose caller was cancelled.
void throw_if_stopped(const std::stop_token& stop);

// In the following, `path` is for the message of a failure.

/// Reads to the end of the file; nothing when it holds more than `at_most` bytes.
std::optional<std::string> read_all(int fd, std::string_view path, std::uint64_t at_most);

void write_all(int fd, std::string_view path, std::string_view bytes);

/// Copies the rest of `from` to the empty file `to` (open for reading too), sharing blocks where
/// the file system can, and returns the SHA-256 of what was copied.
std::string copy_and_hash(int from, int to, std::string_view path, const std::stop_token& stop);

/// SHA-256 of the rest of a file.
std::string hash_file(int fd, std::string_view path, const std::stop_token& stop);

/// Runs file work on `pool`.
template <class T>
asio::awaitable<result<T>> file_work(
    asio::any_io_executor pool, std::function<T(std::stop_token)> work
) {
    std::optional<result<T>> outcome;
    co_await offload(pool, [&](std::stop_token stop) {
        try {
            if constexpr (std::is_void_v<T>) {
                work(stop);
                outcome.emplace();
            } else {
                outcome.emplace(work(stop));
            }
        } catch (const exception& e) {
            outcome.emplace(e.reason());
        }
    });
    co_return std::move(*outcome);
}

}  // namespace riva
