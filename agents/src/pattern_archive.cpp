#include "pattern_archive.hpp"

#include <riva/runtime/offload.hpp>

#include <chrono>
#include <stop_token>
#include <utility>

namespace riva::agents {
namespace {

memory::pattern_time now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()
    );
}

}  // namespace

result<memory::pattern_records*> pattern_archive::open() {
    const std::lock_guard lock(opening_);
    if (!opened_) {
        auto opened = memory::pattern_records::open(file_);
        if (!opened) return opened.error();
        opened_ = std::move(*opened);
    }
    return opened_.get();
}

asio::awaitable<result<memory::pattern_row>> pattern_archive::find(
    std::string project, std::string pattern, asio::any_io_executor blocking
) {
    result<memory::pattern_row> found;
    const auto look = [&](const std::stop_token&) {
        const auto kept = open();
        if (kept)
            found = (*kept)->find(project, pattern, now());
        else
            found = kept.error();
    };
    co_await offload(blocking, look);
    co_return found;
}

asio::awaitable<result<bool>> pattern_archive::add(
    std::string project, memory::pattern_outcome seen, asio::any_io_executor blocking
) {
    result<bool> added;
    const auto store = [&](const std::stop_token&) {
        const auto kept = open();
        seen.at = now();
        if (kept)
            added = (*kept)->add(project, seen);
        else
            added = kept.error();
    };
    co_await offload(blocking, store);
    co_return added;
}

asio::awaitable<result<bool>> pattern_archive::refute(
    std::string project, std::string run, std::string file, asio::any_io_executor blocking
) {
    result<bool> changed;
    const auto store = [&](const std::stop_token&) {
        const auto kept = open();
        if (kept)
            changed = (*kept)->refute(project, run, file, now());
        else
            changed = kept.error();
    };
    co_await offload(blocking, store);
    co_return changed;
}

}  // namespace riva::agents
