#include "trust_archive.hpp"

#include "trust_memory.hpp"
#include "trust_session.hpp"

#include <riva/runtime/offload.hpp>

#include <utility>

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
    const std::lock_guard lock(opening_);
    if (!opened_) {
        auto opened = memory::trust_accounts::open(file_);
        if (!opened) return opened.error();
        opened_ = std::move(*opened);
    }
    return store(std::make_unique<trust_memory>(*opened_, trust_scope_of(job)));
}

}  // namespace riva::agents
