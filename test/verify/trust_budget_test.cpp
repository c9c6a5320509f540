#include <riva/verify/trust_budget.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "run.hpp"
#include "trust_fixture.hpp"

#include <riva/runtime/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <array>
#include <random>
#include <set>
#include <thread>

namespace asio = boost::asio;
using namespace riva::verify;
using namespace riva::test;
using riva::verdict;

namespace {

const trust_action low{risk_level::low, "edit .py"};

/// What one of several sessions did.
struct tally {
    std::int64_t passed = 0;
    std::int64_t skipped = 0;
    std::int64_t audited = 0;
    std::int64_t caught = 0;
    std::vector<std::uint64_t> tickets;
};

asio::awaitable<void> work(trust_budget& budget, unsigned seed, tally& did) {
    std::mt19937 random(seed);
    for (int i = 0; i < 400; ++i) {
        trust_action action = low;
        action.pattern += std::to_string(random() % 4);
        const trust_decision made = co_await budget.decide(action);
        did.skipped += made.choice == trust_choice::skip ? 1 : 0;
        did.audited += made.choice == trust_choice::audit ? 1 : 0;
        if (!made.verified()) continue;
        did.tickets.push_back(made.ticket);
        const bool wrong = random() % 100 == 0;
        const auto taken = co_await budget.report(made, wrong ? verdict::fail : verdict::pass);
        if (!taken || !*taken) throw std::runtime_error("a ticket was not taken");
        did.passed += wrong ? 0 : 1;
        did.caught += wrong && made.choice == trust_choice::audit ? 1 : 0;
        if (i % 50 == 0) (void)co_await budget.describe();
    }
}

/// Fails from a given transaction on.
class broken_store : public trust_store {
public:
    riva::result<void>
    transact(const trust_action&, std::uint64_t, const std::function<void(trust_state&)>&)
        override {
        return riva::error{riva::errc::io_failed, "The disk is full."};
    }
    riva::result<trust_state> load() override {
        return riva::error{riva::errc::io_failed, "The disk is full."};
    }
};

/// A transaction that is tried again, as after a conflict.
class contended_store : public trust_store {
public:
    riva::result<void> transact(
        const trust_action&, std::uint64_t, const std::function<void(trust_state&)>& change
    ) override {
        trust_state lost = state;
        change(lost);
        change(state);
        return {};
    }
    riva::result<trust_state> load() override { return state; }

    trust_state state;
};

}  // namespace

TEST_CASE("four threads share one budget and lose nothing", "[trust][threads]") {
    asio::io_context io(4);
    trust_in_memory store;
    const std::uint64_t seed = 1;
    INFO("seed " << seed);
    trust_budget budget(io.get_executor(), store, {}, std::mt19937_64(seed));
    std::array<tally, 8> sessions;
    std::vector<std::exception_ptr> failures(sessions.size());
    for (std::size_t i = 0; i < sessions.size(); ++i)
        asio::co_spawn(
            asio::any_io_executor(asio::make_strand(io)),
            work(budget, static_cast<unsigned>(i), sessions[i]),
            [&failures, i](std::exception_ptr e) { failures[i] = e; }
        );
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&io] { io.run(); });
    for (auto& thread : threads) thread.join();
    for (const auto& failure : failures) CHECK(failure == nullptr);

    tally all;
    std::set<std::uint64_t> tickets;
    for (const tally& each : sessions) {
        all.passed += each.passed;
        all.skipped += each.skipped;
        all.audited += each.audited;
        all.caught += each.caught;
        for (const auto ticket : each.tickets) CHECK(tickets.insert(ticket).second);
    }
    const trust_state state = *store.load();
    const trust_class& counted = state.of(risk_level::low);
    CHECK(counted.skipped == all.skipped);
    CHECK(counted.delivered == all.skipped + all.passed);
    CHECK(counted.audited == all.audited);
    CHECK(counted.caught == all.caught);
    CHECK(state.tickets.empty());
    CHECK_FALSE(find_fault(state));
    CHECK(all.skipped > 500);
}

TEST_CASE("two budgets on one store decide on one state", "[trust]") {
    trust_in_memory store(trusted_state(low));
    asio::thread_pool pool(2);
    run([&]() -> asio::awaitable<void> {
        trust_budget one(pool.get_executor(), store, {}, [] { return always_audit; });
        trust_budget other(pool.get_executor(), store, {}, [] { return always_skip; });
        const auto audit = co_await one.decide(low);
        CHECK(audit.choice == trust_choice::audit);
        CHECK((co_await other.decide(low)).choice != trust_choice::audit);
        const auto failed = co_await one.report(audit, verdict::fail);
        CHECK((failed && *failed));
        CHECK((co_await other.decide(low)).choice == trust_choice::verify);
        const auto twice = co_await other.report(audit, verdict::pass);
        CHECK((twice && !*twice));
    });
    pool.join();
}

TEST_CASE("a state that was saved goes on where it ended", "[trust]") {
    const trust_settings settings;
    random_session session(settings, 7);
    for (int i = 0; i < 500; ++i) session.step();
    trust_state restored = session.state;
    for (int i = 0; i < 50; ++i)
        REQUIRE(
            decide(settings, restored, low, static_cast<std::uint64_t>(i) << 56) ==
            decide(settings, session.state, low, static_cast<std::uint64_t>(i) << 56)
        );
}

TEST_CASE("a budget whose store fails verifies", "[trust]") {
    run([]() -> asio::awaitable<void> {
        broken_store store;
        trust_budget budget(co_await asio::this_coro::executor, store, {}, [] {
            return always_skip;
        });
        const auto made = co_await budget.decide(low);
        CHECK(made.choice == trust_choice::verify);
        CHECK(made.reason == trust_reason::state_unavailable);
        const auto nothing = co_await budget.report(made, verdict::pass);
        CHECK((nothing && !*nothing));
        const auto escaped = co_await budget.report_escape(low);
        CHECK_FALSE(escaped);
        const auto told = co_await budget.describe();
        CHECK_FALSE(told);
    });
}

TEST_CASE("a budget that verifies everything needs no store", "[trust]") {
    run([]() -> asio::awaitable<void> {
        broken_store store;
        trust_settings settings;
        settings.mode = trust_mode::off;
        trust_budget budget(co_await asio::this_coro::executor, store, settings, [] {
            return always_skip;
        });
        const auto made = co_await budget.decide(low);
        CHECK(made.choice == trust_choice::verify);
        CHECK(made.reason == trust_reason::off);
        CHECK(made.ticket == 0);
        CHECK(made == decide_again(settings, made));
    });
}

TEST_CASE("a transaction that is tried again throws its coin once", "[trust]") {
    run([]() -> asio::awaitable<void> {
        contended_store store;
        store.state = trusted_state(low);
        std::uint64_t tosses = 0;
        trust_budget budget(co_await asio::this_coro::executor, store, {}, [&tosses] {
            ++tosses;
            return always_skip;
        });
        const auto made = co_await budget.decide(low);
        CHECK(made.choice == trust_choice::skip);
        CHECK(tosses == 1);
        CHECK(store.state.of(risk_level::low).skipped == 1);
    });
}

TEST_CASE("a decision that is cut off has been made all the same", "[trust]") {
    trust_in_memory store(trusted_state(low));
    asio::thread_pool pool(1);
    trust_budget budget(pool.get_executor(), store, {}, [] { return always_skip; });
    const bool cut_off = run_and_cancel_after(
        [&]() -> asio::awaitable<void> { (void)co_await budget.decide(low); }, 1
    );
    pool.join();
    CHECK(cut_off);
    CHECK(store.load()->of(risk_level::low).skipped == 1);
}
