#pragma once

#include <riva/memory/check_records.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/verify/check_history.hpp>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace riva::agents {

/// Where an engine keeps how the checks of each project have done. Thread safety: safe.
/// Lifetime: outlives the calls.
class check_archive {
public:
    explicit check_archive(std::filesystem::path file) : file_(std::move(file)) {}

    /// Errors: as `memory::check_records::open` and `load`.
    asio::awaitable<result<verify::check_history::records>> load(
        std::string project, asio::any_io_executor blocking
    );
    /// Adds to what is kept. Errors: as `memory::check_records::open` and `add`.
    asio::awaitable<result<void>> add(
        std::string project, verify::check_history::records news, asio::any_io_executor blocking
    );

private:
    result<memory::check_records*> open();

    std::filesystem::path file_;
    std::mutex opening_;
    std::unique_ptr<memory::check_records> opened_;
};

}  // namespace riva::agents
