#include "hedged_model.hpp"

#include "catch.hpp"
#include "error_text.hpp"
#include "governed_model.hpp"
#include "hedge_budget.hpp"
#include "simulated_endpoint.hpp"

#include <riva/llm/model_spec.hpp>
#include <riva/llm/provider.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using riva::deadline;
using riva::test::answers;
using riva::test::ending;
using riva::test::fails;
using riva::test::simulated_endpoint;
using namespace riva::llm;

namespace {

/// Two models under a virtual clock. The first answers at once until it is told otherwise.
struct world : riva::test::simulation {
    world()
        : first(clock, [this](std::size_t, const chat_request&) { return first_does; }),
          second(clock, [this](std::size_t, const chat_request&) { return second_does; }),
          first_governor(make_governor("first")),
          second_governor(make_governor("second")),
          model(
              {make_model("first", first, first_governor), first_governor},
              {make_model("second", second, second_governor), second_governor}
          ) {
        request.messages = {{role::user, "is it so?"}};
        request.max_output_tokens = 100;
        request.side_effect_free = true;
        watch.on_event = [this](const stream_event& event) {
            if (const auto* piece = std::get_if<text_delta>(&event)) heard += piece->text;
            starts += std::holds_alternative<answer_started>(event) ? 1 : 0;
            ends += std::holds_alternative<answer_finished>(event) ||
                    std::holds_alternative<answer_failed>(event);
        };
    }

    std::shared_ptr<governor> make_governor(const std::string& who) {
        governor_policy policy;
        policy.retry.seed = 3;
        policy.width.start = policy.width.most;
        return std::make_shared<governor>(who, policy, clock);
    }

    static std::unique_ptr<governed_model> make_model(
        const std::string& name, simulated_endpoint& at, std::shared_ptr<governor> by
    ) {
        asked_endpoint to{"openai:" + name, name, profile_of("openai", "127.0.0.1", "m"), ""};
        return std::make_unique<governed_model>(std::move(to), at.way(), std::move(by));
    }

    asio::awaitable<void> ask() {
        reply.reset();
        heard.clear();
        starts = ends = 0;
        reply = co_await model.complete(request, watch, deadline::never());
    }

    void ask_times(int times) {
        const auto repeat = [&]() -> asio::awaitable<void> {
            for (int i = 0; i < times; ++i) co_await ask();
        };
        start(repeat());
        run();
    }

    void check_nothing_is_left() {
        CHECK(first.open() == 0);
        CHECK(second.open() == 0);
        for (const auto* each : {&first_governor, &second_governor}) {
            CHECK((*each)->state().in_flight == 0);
            CHECK((*each)->state().waiting == 0);
            CHECK((*each)->state().retries == 0);
        }
    }

    ending first_does = answers("first", 100ms);
    ending second_does = answers("second", 300ms);
    simulated_endpoint first, second;
    std::shared_ptr<governor> first_governor, second_governor;
    hedged_model model;
    chat_request request;
    stream_observer watch;
    std::string heard;
    int starts = 0, ends = 0;
    std::optional<riva::result<chat_reply>> reply;
};

}  // namespace

TEST_CASE("nothing is hedged before it is known how long answers take to begin", "[hedge]") {
    world w;
    w.first_does = answers("first", 60s);
    w.ask_times(99);
    CHECK(w.second.arrivals().empty());
    CHECK(w.heard == "first");
    CHECK_FALSE((*w.reply)->also_asked);
}

TEST_CASE("a late answer is hedged, and the one that begins first is given", "[hedge]") {
    world w;
    w.ask_times(100);
    w.first_does = answers("first", 60s);
    const auto start = w.clock.now();
    w.ask_times(1);
    CHECK(w.clock.now() - start == 1300ms);
    REQUIRE(*w.reply);
    CHECK((*w.reply)->text == "second");
    CHECK((*w.reply)->attempts == 2);
    CHECK(w.heard == "second");
    CHECK(w.starts == 1);
    CHECK(w.ends == 1);
    // The first was cancelled on the wire, and may have charged its prompt and a whole answer.
    CHECK(w.first.given_up() == 1);
    CHECK(w.first_governor->state().hedged == 1);
    const auto input = estimate_tokens(w.request);
    CHECK((*w.reply)->also_asked == side_charge{"openai:first", {input, 100}});
    w.check_nothing_is_left();
}

TEST_CASE("a hedge that begins later than the answer is cancelled, and told", "[hedge]") {
    world w;
    w.ask_times(100);
    w.first_does = answers("first", 1200ms);
    w.ask_times(1);
    CHECK((*w.reply)->text == "first");
    CHECK(w.heard == "first");
    CHECK(w.second.given_up() == 1);
    CHECK((*w.reply)->also_asked->model == "openai:second");
    w.check_nothing_is_left();
}

TEST_CASE("an answer that began is waited for, however long it takes", "[hedge]") {
    world w;
    w.ask_times(100);
    w.first_does = answers("first", 60s);
    w.first_does.first_token = 900ms;
    w.ask_times(1);
    CHECK(w.heard == "first");
    CHECK(w.second.arrivals().empty());
}

TEST_CASE("a hedge waits longer than 95 of 100 answers took to begin", "[hedge]") {
    world w;
    w.first_does = answers("first", 5s);
    w.ask_times(100);
    w.first_does = answers("first", 60s);
    const auto start = w.clock.now();
    w.ask_times(1);
    CHECK(w.second.arrivals().front() - start == 5s);
}

TEST_CASE("only what has no side effects is hedged", "[hedge]") {
    world w;
    w.ask_times(100);
    w.request.side_effect_free = false;
    w.first_does = answers("first", 60s);
    w.ask_times(1);
    CHECK((*w.reply)->text == "first");
    CHECK(w.second.arrivals().empty());
}

TEST_CASE("the few calls that are late are hedged, as far as hedges were earned", "[hedge]") {
    world w;
    w.ask_times(100);
    for (int i = 0; i < 36; ++i) {
        w.first_does = answers("first", 100ms);
        w.ask_times(24);
        w.first_does = answers("first", 60s);
        w.ask_times(1);
        CHECK(w.heard == "second");
    }
    CHECK(w.first_governor->state().hedged == 36);

    // Five were saved up; one more is earned with every twenty calls.
    hedge_budget budget{hedge_policy{}};
    int hedged = 0;
    for (int i = 0; i < 1000; ++i) {
        budget.earn();
        hedged += budget.pay() ? 1 : 0;
        REQUIRE(hedged <= i / 20 + 1);
    }
    CHECK(hedged >= 49);
    for (int i = 0; i < 1000; ++i) budget.earn();
    for (hedged = 0; budget.pay(); ++hedged) {
    }
    CHECK(hedged == 5);
}

TEST_CASE("nothing is hedged while an endpoint is not healthy", "[hedge]") {
    for (const bool at_first : {true, false}) {
        world w;
        w.ask_times(100);
        auto& endpoint = at_first ? w.first_governor : w.second_governor;
        for (int i = 0; i < 5; ++i) {
            governor::call call(*endpoint, 1, deadline::never());
            if (call.try_admit())
                static_cast<void>(call.failed({{errc::tls_refused, "broken"}, 0, {}}));
        }
        REQUIRE_FALSE(endpoint->healthy());
        w.first_does = answers("first", 60s);
        w.ask_times(1);
        CHECK(w.second.arrivals().empty());
    }
}

TEST_CASE("a failure before the hedge is the failure of the call", "[hedge]") {
    world w;
    w.ask_times(100);
    w.first_does = fails(errc::bad_request, 400, 100ms);
    w.ask_times(1);
    CHECK(w.reply->error() == riva::error{errc::bad_request, "it failed"});
    CHECK(w.second.arrivals().empty());
}

TEST_CASE("a hedge answers when the first fails meanwhile, and the other way round", "[hedge]") {
    world w;
    w.ask_times(100);
    w.first_does = fails(errc::bad_request, 400, 1100ms);
    w.ask_times(1);
    REQUIRE(*w.reply);
    CHECK((*w.reply)->text == "second");
    CHECK((*w.reply)->also_asked == side_charge{"openai:first", {}});

    w.ask_times(30);
    w.first_does = answers("first", 5s);
    w.second_does = fails(errc::bad_request, 400, 100ms);
    w.ask_times(1);
    REQUIRE(*w.reply);
    CHECK((*w.reply)->text == "first");

    w.ask_times(30);
    w.first_does = fails(errc::bad_request, 400, 5s);
    w.ask_times(1);
    CHECK(w.reply->error() == riva::error{errc::bad_request, "it failed"});
    w.check_nothing_is_left();
}

TEST_CASE("a hedged call that is cancelled leaves no request, wherever it is", "[hedge]") {
    for (const auto when : {0ms, 500ms, 1000ms, 1200ms}) {
        CAPTURE(when.count());
        world w;
        w.ask_times(100);
        w.first_does = w.second_does = answers("late", 60s);
        CHECK(w.cancel_after(w.ask(), when));
        CHECK_FALSE(w.reply);
        w.check_nothing_is_left();
        w.run();
    }
}

TEST_CASE("what an observer throws before a hedge ends the call", "[hedge]") {
    world w;
    w.ask_times(100);
    w.first_does = answers("first", 60s);
    w.watch.on_attempt = [](int number, const riva::error*) {
        if (number == 2) throw std::runtime_error("no money");
    };
    CHECK_THROWS_WITH(w.ask_times(1), "no money");
    CHECK(w.second.arrivals().empty());
    w.check_nothing_is_left();
}

TEST_CASE("a model is not hedged by one at the same endpoint", "[hedge]") {
    const auto a = parse_model_spec("openai:a@http://127.0.0.1:1/v1").value();
    const auto b = parse_model_spec("openai:b@http://127.0.0.1:1/v1").value();
    const auto c = parse_model_spec("openai:b@http://127.0.0.1:2/v1").value();
    CHECK(make_hedged_model(a, {}, b, {}).error().code == errc::invalid_spec);
    const auto made = make_hedged_model(a, {}, c, {});
    REQUIRE(made);
    CHECK((*made)->name() == "openai:a");
}
