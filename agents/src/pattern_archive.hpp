#pragma once

#include <riva/memory/pattern_records.hpp>
#include <riva/runtime/awaitable.hpp>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace riva::agents {

/// Where an engine keeps how changes of each pattern came out. Thread safety: safe. Lifetime:
/// outlives the calls.
class pattern_archive {
public:
    explicit pattern_archive(std::filesystem::path file) : file_(std::move(file)) {}

    /// As of now. Errors: as `memory::pattern_records::open` and `find`.
    asio::awaitable<result<memory::pattern_row>> find(
        std::string project, std::string pattern, asio::any_io_executor blocking
    );
    /// At the present time. Errors: as `memory::pattern_records::open` and `add`.
    asio::awaitable<result<bool>> add(
        std::string project, memory::pattern_outcome seen, asio::any_io_executor blocking
    );
    /// At the present time. Errors: as `memory::pattern_records::open` and `refute`.
    asio::awaitable<result<bool>> refute(
        std::string project, std::string run, std::string file, asio::any_io_executor blocking
    );

private:
    result<memory::pattern_records*> open();

    std::filesystem::path file_;
    std::mutex opening_;
    std::unique_ptr<memory::pattern_records> opened_;
};

}  // namespace riva::agents
