#include <riva/llm/governor.hpp>

#include "catch.hpp"
#include "error_text.hpp"
#include "simulation.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/system_error.hpp>

#include <deque>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using riva::deadline;
using riva::llm::attempt_failure;
using riva::llm::breaker_state;
using riva::llm::errc;
using riva::llm::governor;
using riva::llm::governor_policy;
using riva::test::simulation;

namespace {

governor_policy seeded() {
    governor_policy policy;
    policy.retry.seed = 5;
    return policy;
}

attempt_failure failure(errc code, unsigned status = 0, riva::llm::retry_hint hint = {}) {
    return {{code, "it failed"}, status, hint};
}

const auto overload = failure(errc::server_failed, 503);

/// One governor under a virtual clock.
struct world : simulation {
    explicit world(governor_policy policy = seeded()) : one("the model", policy, clock) {}

    deadline in(std::chrono::milliseconds span) { return deadline::at(clock.now() + span); }

    void fail(attempt_failure why, int times) {
        for (int i = 0; i < times; ++i) {
            governor::call call(one, 1, deadline::never());
            REQUIRE(call.try_admit());
            static_cast<void>(call.failed(why));
        }
    }

    governor one;
};

/// Holds a slot for a time and writes down its name when it gets it.
asio::awaitable<void> hold(
    world& in, std::uint64_t run, std::string name, std::string& log, std::chrono::seconds span
) {
    governor::call call(in.one, run, deadline::never());
    const auto admitted = co_await call.admit();
    log += admitted ? name : "-";
    if (!admitted) co_return;
    co_await in.clock.sleep_until(in.clock.now() + span);
    call.served();
}

asio::awaitable<void> ask(world& in, deadline by, std::optional<riva::result<void>>& answer) {
    governor::call call(in.one, 1, by);
    answer = co_await call.admit();
    if (*answer) call.served();
}

}  // namespace

TEST_CASE("governor admits as many as its width, then one of each run in turn", "[governor]") {
    world w;
    std::string log;
    for (const auto* name : {"a", "b", "c", "d", "e", "f", "g"}) w.start(hold(w, 1, name, log, 1s));
    w.start(hold(w, 2, "X", log, 1s));
    w.start(hold(w, 2, "Y", log, 1s));
    w.run_for(0s);
    CHECK(log == "abcd");
    CHECK(w.one.state().in_flight == 4);
    CHECK(w.one.state().waiting == 5);
    w.run();
    CHECK(log == "abcdeXfYg");
    CHECK(w.one.state().in_flight == 0);
    CHECK(w.one.state().waiting == 0);
    CHECK(w.one.state().sent == 9);
}

TEST_CASE(
    "governor refuses a call of a run whose line is full, and leaves others alone", "[governor]"
) {
    governor_policy policy = seeded();
    policy.queue = 2;
    world w(policy);
    std::string log;
    for (int i = 0; i < 7; ++i) w.start(hold(w, 1, "a", log, 1s));
    w.start(hold(w, 2, "X", log, 1s));
    w.run_for(0s);
    CHECK(log == "aaaa-");
    w.run();
    CHECK(log == "aaaa-aXa");
}

TEST_CASE("governor ends a wait at the deadline to the millisecond", "[governor]") {
    world w;
    std::string log;
    for (int i = 0; i < 4; ++i) w.start(hold(w, 1, "a", log, 60s));
    std::optional<riva::result<void>> answer;
    w.start(ask(w, w.in(2500ms), answer));
    w.run_for(2499ms);
    CHECK_FALSE(answer);
    w.run_for(1ms);
    REQUIRE(answer);
    CHECK(
        answer->error() ==
        riva::error{
            errc::total_timed_out,
            "the deadline passed while waiting to ask the model, with 4 requests under way and 1 "
            "waiting"
        }
    );
    CHECK(w.one.state().waiting == 0);
    w.run();
}

TEST_CASE("governor gives a slot back when an attempt or a wait is cancelled", "[governor]") {
    world w;
    std::string log;
    std::deque<asio::cancellation_signal> signals(6);
    int aborted = 0;
    for (auto& signal : signals)
        asio::co_spawn(
            w.io,
            hold(w, 1, "a", log, 60s),
            asio::bind_cancellation_slot(
                signal.slot(),
                [&](std::exception_ptr e) {
                    if (e) ++aborted;
                }
            )
        );
    w.start(hold(w, 1, "b", log, 60s));
    w.run_for(1s);
    CHECK(w.one.state().in_flight == 4);
    CHECK(w.one.state().waiting == 3);
    signals[5].emit(asio::cancellation_type::terminal);  // waits
    signals[0].emit(asio::cancellation_type::terminal);  // holds a slot
    signals[4].emit(asio::cancellation_type::terminal);  // waits, and may just have got the slot
    w.run_for(1s);
    CHECK(aborted == 3);
    CHECK(log == "aaaaab");
    CHECK(w.one.state().in_flight == 4);
    CHECK(w.one.state().waiting == 0);
    CHECK(w.one.state().breaker == breaker_state::closed);
    w.run();
    CHECK(w.one.state().in_flight == 0);
}

TEST_CASE(
    "governor repeats a call three times, and twice more after broken answers", "[governor]"
) {
    const auto attempts_of = [](std::vector<attempt_failure> failures) {
        governor_policy policy = seeded();
        policy.breaker.consecutive = 100;
        world w(policy);
        std::string last;
        const auto run = [&]() -> asio::awaitable<void> {
            governor::call call(w.one, 1, deadline::never());
            for (std::size_t i = 0;; ++i) {
                const auto admitted = co_await call.admit();
                REQUIRE(admitted);
                const auto again = call.failed(failures.at(i));
                if (again) continue;
                last = again.error().context;
                break;
            }
            last += " #" + std::to_string(call.attempts());
        };
        w.start(run());
        w.run();
        CHECK(w.one.state().retries == 0);
        CHECK(w.one.state().in_flight == 0);
        return last;
    };
    const auto cut = failure(errc::truncated_answer, 200);
    CHECK(attempts_of({overload, overload, overload}) == "it failed (after 3 attempts) #3");
    CHECK(attempts_of({cut, cut, cut}) == "it failed (after 3 attempts) #3");
    CHECK(attempts_of({cut, overload, cut, overload, cut}) == "it failed (after 5 attempts) #5");
    CHECK(
        attempts_of({cut, overload, cut, overload, overload}) == "it failed (after 5 attempts) #5"
    );
    CHECK(attempts_of({failure(errc::bad_request, 400)}) == "it failed #1");
}

TEST_CASE("governor keeps the delay of a retry, and no slot meanwhile", "[governor]") {
    world w;
    const auto start = w.clock.now();
    riva::clock::duration promised{}, kept{};
    const auto run = [&]() -> asio::awaitable<void> {
        governor::call call(w.one, 1, deadline::never());
        co_await call.admit();
        promised = call.failed(failure(errc::server_failed, 503, {{}, 7'000ms})).value();
        co_await call.admit();
        kept = w.clock.now() - start;
        call.served();
    };
    w.start(run());
    w.run_for(1s);
    CHECK(w.one.state().in_flight == 0);
    CHECK(w.one.state().retries == 1);
    w.run();
    CHECK(promised >= 7s);
    CHECK(promised <= 8s);
    CHECK(kept == promised);
    CHECK(w.one.state().budget == 500);
}

TEST_CASE("governor lets nobody go before the end of a common cool-down", "[governor]") {
    world w;
    std::string log;
    w.fail(failure(errc::rate_limited, 429, {{}, 5'000ms}), 1);
    REQUIRE(w.one.state().cooling_until);
    for (int i = 0; i < 3; ++i) w.start(hold(w, 1, "a", log, 1s));
    std::optional<riva::result<void>> late;
    w.start(ask(w, w.in(2s), late));
    w.run_for(4999ms);
    CHECK(log.empty());
    CHECK(late->error().code == errc::total_timed_out);
    w.run_for(1001ms);
    CHECK(log == "aa");  // half of the width
    w.run();
    CHECK(log == "aaa");
}

TEST_CASE("governor lets those go who waited for a slot when a cool-down began", "[governor]") {
    world w;
    const auto start = w.clock.now();
    const auto be_throttled = [&]() -> asio::awaitable<void> {
        governor::call call(w.one, 1, deadline::never());
        co_await call.admit();
        co_await w.clock.sleep_until(start + 1s);
        static_cast<void>(call.failed(failure(errc::rate_limited, 429, {{}, 5'000ms})));
    };
    for (int i = 0; i < 4; ++i) w.start(be_throttled());
    std::optional<riva::result<void>> first, second;
    w.start(ask(w, w.in(2min), first));
    w.start(ask(w, w.in(2min), second));
    w.run_for(8s);
    REQUIRE(first);
    CHECK(first->has_value());
    REQUIRE(second);
    CHECK(second->has_value());
}

TEST_CASE("governor leaves an endpoint alone that asks for a long wait", "[governor]") {
    world w;
    governor::call call(w.one, 1, deadline::never());
    REQUIRE(call.try_admit());
    const auto again = call.failed(failure(errc::rate_limited, 429, {{}, 3'600'000ms}));
    CHECK(
        again.error() ==
        riva::error{
            errc::rate_limited,
            "it failed; the server asks to wait until 2026-01-01T01:00:00Z (3600 "
            "s), longer than riva waits"
        }
    );
    std::optional<riva::result<void>> refused, admitted;
    w.start(ask(w, deadline::never(), refused));
    w.run();
    CHECK(
        refused->error() ==
        riva::error{
            errc::rate_limited,
            "the model has asked not to be asked before 2026-01-01T01:00:00Z; "
            "wait, or use another model"
        }
    );
    w.run_for(1h);
    w.start(ask(w, deadline::never(), admitted));
    w.run();
    CHECK(admitted->has_value());
}

TEST_CASE("governor stops asking an endpoint that keeps failing, and says why", "[governor]") {
    world w;
    std::string log;
    for (int i = 0; i < 4; ++i) w.start(hold(w, 1, "a", log, 5s));
    w.run_for(0s);
    std::optional<riva::result<void>> waiting, refused;
    w.start(ask(w, deadline::never(), waiting));
    w.run_for(0s);
    CHECK(w.one.healthy());
    w.run_for(5s);
    w.fail(overload, 5);
    CHECK(w.one.state().breaker == breaker_state::open);
    CHECK_FALSE(w.one.healthy());
    w.start(ask(w, deadline::never(), refused));
    w.run_for(0s);
    const auto& why = refused->error();
    CHECK(why.code == errc::endpoint_resting);
    CHECK(why.code == riva::condition::transient);
    CHECK(why.context.starts_with("the model is not asked before 2026-01-01T00:00:1"));
    CHECK(why.context.ends_with(", because requests to it keep failing; the last said: it failed"));
}

TEST_CASE("governor sends those in line away when the breaker opens", "[governor]") {
    world w;
    const auto fail_later = [&](std::chrono::seconds span) -> asio::awaitable<void> {
        governor::call call(w.one, 1, deadline::never());
        co_await call.admit();
        co_await w.clock.sleep_until(w.clock.now() + span);
        static_cast<void>(call.failed(failure(errc::tls_refused)));
    };
    for (const auto span : {1s, 1s, 1s, 2s, 2s}) w.start(fail_later(span));
    std::optional<riva::result<void>> waiting;
    w.start(ask(w, deadline::never(), waiting));
    w.run_for(4s);
    REQUIRE(waiting);
    CHECK(waiting->has_error() == (w.one.state().breaker == breaker_state::open));
}

TEST_CASE("governor probes with one call at a time and lets the others wait", "[governor]") {
    world w;
    w.fail(overload, 5);
    w.run_for(11s);
    std::string log;
    for (const auto* name : {"a", "b", "c", "d", "e"}) w.start(hold(w, 1, name, log, 1s));
    w.run_for(500ms);
    CHECK(log == "a");
    CHECK(w.one.state().breaker == breaker_state::half_open);
    w.run_for(2s);
    CHECK(log == "abc");
    w.run_for(1s);
    CHECK(log == "abcde");
    CHECK(w.one.state().breaker == breaker_state::closed);
    w.run();
}

TEST_CASE("governor passes a probe that was cancelled on to the next call", "[governor]") {
    world w;
    w.fail(overload, 5);
    w.run_for(11s);
    std::string log;
    {
        governor::call probe(w.one, 1, deadline::never());
        REQUIRE(probe.try_admit());
        w.start(hold(w, 1, "b", log, 1s));
        w.run_for(1s);
        CHECK(log.empty());
    }
    w.run_for(0s);
    CHECK(log == "b");
    w.run();
}

TEST_CASE("governor asks no more with a key that was refused, until it is told", "[governor]") {
    world w;
    w.fail(failure(errc::unauthorized, 401), 1);
    std::optional<riva::result<void>> refused, admitted;
    w.run_for(24h);
    w.start(ask(w, deadline::never(), refused));
    w.run();
    CHECK(
        refused->error() ==
        riva::error{
            errc::unauthorized, "it failed; not asked again until the configuration changes"
        }
    );
    CHECK(w.one.state().breaker == breaker_state::locked);
    w.one.configuration_changed();
    w.start(ask(w, deadline::never(), admitted));
    w.run();
    CHECK(admitted->has_value());
}

TEST_CASE(
    "governor ends a call whose next attempt would come too late or cannot be paid", "[governor]"
) {
    world w;
    governor::call hurried(w.one, 1, w.in(1s));
    REQUIRE(hurried.try_admit());
    const auto late = hurried.failed(failure(errc::server_failed, 503, {{}, 2'000ms}));
    CHECK(late.error().context == "it failed; the deadline leaves no time for another attempt");

    governor_policy poor = seeded();
    poor.budget.bucket = 13;
    world v(poor);
    governor::call unpaid(v.one, 1, deadline::never());
    REQUIRE(unpaid.try_admit());
    CHECK(
        unpaid.failed(overload).error().context ==
        "it failed; not repeated, because too many requests to it fail"
    );
}

TEST_CASE("governor keeps a reserve of a call's time", "[governor]") {
    world w;
    const auto reserve = [&](std::chrono::milliseconds span) {
        const deadline by = w.in(span);
        governor::call call(w.one, 1, by);
        REQUIRE(call.try_admit());
        return by.when() - call.attempt_by().when();
    };
    CHECK(reserve(10min) == 2s);
    CHECK(reserve(5s) == 500ms);
    governor::call unhurried(w.one, 1, deadline::never());
    REQUIRE(unhurried.try_admit());
    CHECK(unhurried.attempt_by() == deadline::never());
}
