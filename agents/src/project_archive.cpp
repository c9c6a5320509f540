#include "project_archive.hpp"

#include <riva/runtime/offload.hpp>

#include <chrono>

namespace riva::agents {
namespace {

memory::memory_time now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()
    );
}

}  // namespace

result<memory::project_memory*> project_archive::open() {
    const std::lock_guard lock(opening_);
    if (!opened_) {
        auto opened = memory::project_memory::open(file_);
        if (!opened) return opened.error();
        opened_ = std::move(*opened);
    }
    return opened_.get();
}

asio::awaitable<result<std::vector<memory::project_entry>>> project_archive::recall(
    std::string project, memory::recall_query about, asio::any_io_executor blocking
) {
    result<std::vector<memory::project_entry>> found;
    co_await offload(blocking, [&](const std::stop_token&) {
        const auto kept = open();
        found = kept ? (*kept)->recall(project, about) : kept.error();
    });
    co_return found;
}

asio::awaitable<result<void>> project_archive::mark_used(
    std::string project, std::vector<std::int64_t> ids, asio::any_io_executor blocking
) {
    result<void> ended;
    co_await offload(blocking, [&](const std::stop_token&) {
        const auto kept = open();
        ended = kept ? (*kept)->mark_used(project, ids, now()) : kept.error();
    });
    co_return ended;
}

asio::awaitable<result<lessons>> project_archive::learn_from_edits(
    std::filesystem::path repository, asio::any_io_executor blocking
) {
    result<lessons> learnt;
    co_await offload(blocking, [&](const std::stop_token& stop) {
        const auto kept = open();
        learnt =
            kept ? agents::learn_from_edits(**kept, repository, runs_, now(), stop) : kept.error();
    });
    co_return learnt;
}

asio::awaitable<result<void>> project_archive::watch_change(
    std::filesystem::path repository, applied_change what, asio::any_io_executor blocking
) {
    result<void> ended;
    co_await offload(blocking, [&](const std::stop_token&) {
        const auto kept = open();
        ended = kept ? agents::watch_change(**kept, repository, what, now()) : kept.error();
    });
    co_return ended;
}

}  // namespace riva::agents
