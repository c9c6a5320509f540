#include "check_archive.hpp"

#include <riva/runtime/offload.hpp>

#include <utility>
#include <vector>

namespace riva::agents {

using records = verify::check_history::records;

result<memory::check_records*> check_archive::open() {
    const std::lock_guard lock(opening_);
    if (!opened_) {
        auto opened = memory::check_records::open(file_);
        if (!opened) return opened.error();
        opened_ = std::move(*opened);
    }
    return opened_.get();
}

asio::awaitable<result<records>> check_archive::load(
    std::string project, asio::any_io_executor blocking
) {
    result<records> found;
    co_await offload(blocking, [&](std::stop_token) {
        const auto kept = open();
        const auto rows = kept ? (*kept)->load(project) : kept.error();
        if (!rows) {
            found = rows.error();
            return;
        }
        for (const auto& row : *rows) (*found)[row.kind] = {row.runs, row.failures, row.duration};
    });
    co_return found;
}

asio::awaitable<result<void>> check_archive::add(
    std::string project, records news, asio::any_io_executor blocking
) {
    std::vector<memory::check_row> rows;
    for (const auto& [kind, record] : news)
        rows.push_back({kind, record.runs, record.failures, record.duration});
    result<void> ended;
    co_await offload(blocking, [&](std::stop_token) {
        const auto kept = open();
        ended = kept ? (*kept)->add(project, rows) : kept.error();
    });
    co_return ended;
}

}  // namespace riva::agents
