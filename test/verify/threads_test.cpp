#include "catch.hpp"
#include "scripted_graph.hpp"
#include "trust_fixture.hpp"

#include <riva/runtime/task_group.hpp>
#include <riva/verify/trust_budget.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <thread>

/// For ThreadSanitizer, above all: graphs and a trust budget that four threads run at once.
namespace riva::verify::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t sessions = 8;
constexpr int rounds = 25;

/// A check that many graphs run at once, so it keeps no state.
class shared_check final : public check {
public:
    explicit shared_check(check_traits traits) : traits_(std::move(traits)) {}

    const check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const check_input& input, deadline) override {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        const bool wrong = input.tree == "wrong" && traits_.id == "c7";
        co_return found(wrong ? verdict::fail : verdict::pass);
    }

private:
    check_traits traits_;
};

std::vector<std::shared_ptr<check>> shared_checks() {
    std::vector<std::shared_ptr<check>> checks;
    for (int i = 0; i < 24; ++i)
        checks.push_back(std::make_shared<shared_check>(
            named("c" + std::to_string(i), i < 6 ? strings{} : strings{"c" + std::to_string(i - 6)})
        ));
    return checks;
}

/// What all sessions share, and what came of it.
struct shared_state {
    explicit shared_state(asio::any_io_executor where, std::uint64_t seed)
        : budget(std::move(where), store, {}, std::mt19937_64(seed)) {}

    const std::vector<std::shared_ptr<check>> checks = shared_checks();
    trust_in_memory store;
    trust_budget budget;
    std::atomic<std::int64_t> verified = 0;
    std::atomic<std::int64_t> skipped = 0;
    std::atomic<std::int64_t> untaken = 0;
    std::atomic<std::int64_t> unsound = 0;
};

/// A change that is verified by a graph if the budget says so. One of ten is wrong, and what
/// escapes is reported.
asio::awaitable<void> one_change(shared_state& all, bool wrong) {
    const trust_action action{risk_level::low, "edit .py"};
    const trust_decision made = co_await all.budget.decide(action);
    if (!made.verified()) {
        ++all.skipped;
        if (wrong) (void)co_await all.budget.report_escape(action);
        co_return;
    }
    check_input input{"/nowhere", {"a"}, wrong ? "wrong" : "right"};
    const auto results = co_await run_checks(all.checks, input, {}, deadline::in(60s));
    const bool passed =
        std::ranges::all_of(results, [](const evidence& e) { return e.result == verdict::pass; });
    if (passed == wrong) ++all.unsound;
    const auto taken = co_await all.budget.report(made, passed ? verdict::pass : verdict::fail);
    if (!taken || !*taken) ++all.untaken;
    ++all.verified;
}

asio::awaitable<void> session(shared_state& all, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < rounds; ++i) co_await one_change(all, random() % 10 == 0);
}

void run_on_four_threads(asio::io_context& io) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&io] { io.run(); });
    for (auto& thread : threads) thread.join();
}

/// A session with the strand that it, and what cancels it, runs on.
struct lane {
    asio::any_io_executor strand;
    asio::cancellation_signal signal;
    std::exception_ptr failure;
    bool ended = false;

    void start(asio::awaitable<void> work) {
        asio::co_spawn(
            strand,
            std::move(work),
            asio::bind_cancellation_slot(
                signal.slot(),
                [this](std::exception_ptr e) {
                    failure = e;
                    ended = true;
                }
            )
        );
    }

    /// Cancels after as many turns of the strand.
    void cancel_after(std::uint64_t turns) {
        asio::post(strand, [this, turns] {
            if (ended) return;
            if (turns > 0) return cancel_after(turns - 1);
            signal.emit(asio::cancellation_type::terminal);
        });
    }
};

void give_strands(std::array<lane, sessions>& lanes, asio::io_context& io) {
    for (lane& each : lanes) each.strand = asio::make_strand(io);
}

}  // namespace

TEST_CASE("four threads run graphs and decide on one budget together", "[check_graph][threads]") {
    const std::uint64_t seed = 3;
    INFO("seed " << seed);
    asio::io_context io(4);
    shared_state all(io.get_executor(), seed);
    std::array<lane, sessions> lanes;
    give_strands(lanes, io);
    for (std::size_t i = 0; i < sessions; ++i) lanes[i].start(session(all, seed + i));
    run_on_four_threads(io);
    for (const lane& each : lanes) CHECK(each.failure == nullptr);
    CHECK(all.verified + all.skipped == static_cast<std::int64_t>(sessions) * rounds);
    CHECK(all.unsound == 0);
    CHECK(all.untaken == 0);
    CHECK(all.verified > 0);
    CHECK(all.store.load()->tickets.empty());
}

TEST_CASE("sessions cancelled on four threads leave the others alone", "[check_graph][threads]") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        asio::io_context io(4);
        shared_state all(io.get_executor(), seed);
        std::array<lane, sessions> lanes;
        give_strands(lanes, io);
        for (std::size_t i = 0; i < sessions; ++i) {
            lanes[i].start(session(all, seed * sessions + i));
            if (i % 2 == 0) lanes[i].cancel_after(random() % 400);
        }
        run_on_four_threads(io);
        for (std::size_t i = 0; i < sessions; ++i) {
            CHECK(lanes[i].ended);
            if (i % 2 != 0) CHECK(lanes[i].failure == nullptr);
        }
        CHECK(all.unsound == 0);
        CHECK(all.untaken == 0);
        CHECK_FALSE(find_fault(*all.store.load()));
    }
}

}  // namespace riva::verify::test
