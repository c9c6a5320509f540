#include "trust_archive.hpp"

#include "trust_memory.hpp"
#include "trust_session.hpp"

#include <riva/runtime/offload.hpp>

#include <utility>
#include <vector>

namespace riva::agents {

using store = std::unique_ptr<verify::trust_store>;

asio::awaitable<result<store>> trust_archive::of(
    task job, settings s, asio::any_io_executor blocking
) {
    result<store> found;
    co_await offload(blocking, [&](std::stop_token) {
        found = find(job, s.trust.mode);
        if (!found) return;
        if (const auto known = (*found)->load(); !known) found = known.error();
    });
    co_return found;
}

result<store> trust_archive::find(const task& job, verify::trust_mode mode) {
    if (mode == verify::trust_mode::off) return store(std::make_unique<verify::trust_in_memory>());
    if (host_ != nullptr) return store(std::make_unique<trust_session>(*host_));
    const auto kept = accounts();
    if (!kept) return kept.error();
    return store(std::make_unique<trust_memory>(**kept, trust_scope_of(job)));
}

result<memory::trust_accounts*> trust_archive::accounts() {
    const std::lock_guard lock(opening_);
    if (!opened_) {
        auto opened = memory::trust_accounts::open(file_);
        if (!opened) return opened.error();
        opened_ = std::move(*opened);
    }
    return opened_.get();
}

asio::awaitable<result<void>> trust_archive::add(
    task job, canary_tally seen, asio::any_io_executor blocking
) {
    if (host_ != nullptr || seen.checks.empty()) co_return result<void>{};
    std::vector<memory::canary_row> rows{{"", seen.all.tried, seen.all.caught}};
    for (const auto& [check, record] : seen.checks)
        rows.push_back({check, record.tried, record.caught});
    result<void> added;
    const auto store_rows = [&](const std::stop_token&) {
        const auto kept = accounts();
        added = kept ? (*kept)->add_canaries(trust_scope_of(job), rows) : kept.error();
    };
    co_await offload(blocking, store_rows);
    co_return added;
}

}  // namespace riva::agents
