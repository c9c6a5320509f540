#pragma once

#include <riva/agents/learning.hpp>
#include <riva/memory/project_memory.hpp>
#include <riva/runtime/awaitable.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace riva::agents {

/// Where an engine finds what is remembered of each project. Every function works on a pool for
/// blocking work. Preconditions and errors: as those of `memory::project_memory` and learning.hpp
/// that it is named after, and those of opening the database. Cancellation: terminal; what was
/// begun is done. Thread safety: safe. Lifetime: outlives the calls.
class project_archive {
public:
    /// The database, and the folder of all runs.
    project_archive(std::filesystem::path file, std::filesystem::path runs)
        : file_(std::move(file)), runs_(std::move(runs)) {}

    asio::awaitable<result<std::vector<memory::project_entry>>> recall(
        std::string project, memory::recall_query about, asio::any_io_executor blocking
    );
    asio::awaitable<result<void>> mark_used(
        std::string project, std::vector<std::int64_t> ids, asio::any_io_executor blocking
    );
    asio::awaitable<result<lessons>> learn_from_edits(
        std::filesystem::path repository, asio::any_io_executor blocking
    );
    asio::awaitable<result<void>> watch_change(
        std::filesystem::path repository, applied_change what, asio::any_io_executor blocking
    );

private:
    result<memory::project_memory*> open();

    std::filesystem::path file_;
    std::filesystem::path runs_;
    std::mutex opening_;
    std::unique_ptr<memory::project_memory> opened_;
};

}  // namespace riva::agents
