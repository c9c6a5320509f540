#include "delivery.hpp"
#include "engine_state.hpp"
#include "remember.hpp"

#include <riva/runtime/run_on.hpp>

#include <boost/asio/strand.hpp>

#include <array>
#include <chrono>
#include <ctime>
#include <random>
#include <utility>

namespace riva::agents {

namespace fs = std::filesystem;

engine::engine(asio::any_io_executor executor, agents::settings s, engine_parts parts)
    : executor_(std::move(executor)),
      state_(std::make_unique<state>(std::move(s), std::move(parts))) {}

engine::~engine() = default;

result<riva::journal*> engine::journal() {
    return state_->journal();
}

const agents::settings& engine::settings() const {
    return state_->options;
}

asio::awaitable<result<report>> engine::run(task what, observer* watcher, deadline by) {
    run_plan plan{std::move(what), state_->options};
    auto ended = state_->carry_out(executor_, std::move(plan), std::nullopt, watcher, by);
    co_return co_await std::move(ended);
}

asio::awaitable<result<report>> engine::resume(resumption what, observer* watcher, deadline by) {
    const auto record = state_->journal();
    if (!record) co_return record.error();
    const auto strand = asio::make_strand(executor_);
    result<std::vector<event>> recorded;
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto read = [&]() -> asio::awaitable<void> {
        recorded = co_await (*record)->read(what.run);
    };
    const fs::path folder = state_->options.state_folder / "runs" / what.run;
    std::error_code missing;
    if (fs::path(what.run).filename() != what.run || !fs::exists(folder, missing)) {
        co_await run_on(strand, read);
        if (!recorded) co_return recorded.error();
        if (const auto made = make_private_folder(folder); !made) co_return made.error();
    }
    auto lock = run_lock::acquire(folder);
    if (!lock) co_return lock.error();
    // Whoever worked on it before has written all there is.
    co_await run_on(strand, read);
    if (!recorded) co_return recorded.error();
    auto plan = plan_next_pass(*recorded, what, state_->options);
    if (!plan) co_return plan.error();
    auto ended = state_->carry_out(executor_, std::move(*plan), std::move(*lock), watcher, by);
    co_return co_await std::move(ended);
}

asio::awaitable<result<applied_run>> engine::apply(application what) {
    const auto record = state_->journal();
    if (!record) co_return record.error();
    result<applied_run> applied;
    // The object lives until its coroutine has ended.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto work = [&]() -> asio::awaitable<void> {
        const fs::path folder = state_->options.state_folder / "runs" / what.run;
        auto written = co_await apply_run(**record, state_->parts.blocking, folder, what);
        if (!written) {
            applied = written.error();
            co_return;
        }
        applied = applied_run{std::move(*written)};
        if (what.undo || state_->parts.journal != nullptr) co_return;
        const auto watched =
            co_await watch_applied(state_->project, **record, what.run, state_->parts.blocking);
        if (!watched) applied->unwatched = watched.error();
    };
    co_await run_on(asio::make_strand(executor_), work);
    co_return applied;
}

std::string make_run_id() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::array<char, 32> stamp{};
    std::strftime(stamp.data(), stamp.size(), "%Y%m%d-%H%M%S", &utc);
    std::random_device source;
    std::array<char, 16> tail{};
    std::snprintf(tail.data(), tail.size(), "-%06x", source() & 0xFFFFFFu);
    return std::string(stamp.data()) + tail.data();
}

}  // namespace riva::agents
