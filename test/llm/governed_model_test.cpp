#include "governed_model.hpp"

#include "catch.hpp"
#include "error_text.hpp"
#include "simulated_endpoint.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using riva::deadline;
using riva::test::answers;
using riva::test::ending;
using riva::test::fails;
using namespace riva::llm;

namespace {

const answer_schema a_number{
    "number",
    R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false})"
};

governor_policy seeded() {
    governor_policy policy;
    policy.retry.seed = 5;
    return policy;
}

/// One endpoint that goes through a list of endings, and a model that asks it.
struct world : riva::test::simulation {
    explicit world(std::vector<ending> endings, governor_policy policy = seeded())
        : endpoint(
              clock,
              [all = std::move(endings)](std::size_t number, const chat_request&) {
                  return all.at(std::min(number, all.size()) - 1);
              }
          ),
          one(std::make_shared<governor>("the model", policy, clock)) {
        asked_endpoint to{
            "openai:m", "the model", profile_of("openai", "127.0.0.1", "m"), "sk-secret-key"
        };
        model = std::make_unique<governed_model>(std::move(to), endpoint.way(), one);
        request.messages = {{role::user, "go"}};
        watch.on_attempt = [this](int number, const riva::error* after) {
            attempts.push_back(std::to_string(number) + (after ? " " + after->context : ""));
        };
    }

    asio::awaitable<void> ask(deadline by = deadline::never()) {
        reply = co_await model->complete(request, watch, by);
    }

    riva::test::simulated_endpoint endpoint;
    std::shared_ptr<governor> one;
    std::unique_ptr<governed_model> model;
    chat_request request;
    stream_observer watch;
    std::vector<std::string> attempts;
    std::optional<riva::result<chat_reply>> reply;
};

}  // namespace

TEST_CASE(
    "a governed model repeats what may pass, and says why before each attempt", "[governor]"
) {
    world w({fails(errc::server_failed, 503), fails(errc::truncated_answer, 200), answers("hi")});
    w.start(w.ask());
    w.run();
    REQUIRE(w.reply);
    REQUIRE(*w.reply);
    CHECK((*w.reply)->text == "hi");
    CHECK((*w.reply)->attempts == 3);
    CHECK(w.attempts == std::vector<std::string>{"1", "2 it failed", "3 it failed"});
    CHECK(w.one->state().in_flight == 0);
    CHECK(w.one->state().retries == 0);
    CHECK(w.one->state().repeated == 2);
}

TEST_CASE("a governed model ends with the failure that may not be repeated", "[governor]") {
    world w({fails(errc::bad_request, 400)});
    w.start(w.ask());
    w.run();
    CHECK(w.reply->error() == riva::error{errc::bad_request, "it failed"});
    CHECK(w.attempts.size() == 1);
}

TEST_CASE("a governed model that may not repeat a request ends with what the request came to") {
    governor_policy policy = seeded();
    policy.breaker.consecutive = 2;
    world w({fails(errc::server_failed, 503)}, policy);
    w.start(w.ask());
    // While it waits to repeat, another one fails as well and the endpoint is left alone.
    const auto fail_too = [&]() -> asio::awaitable<void> {
        static_cast<void>(co_await w.model->complete(w.request, {}, deadline::never()));
    };
    w.start(fail_too());
    w.run();
    const auto& why = w.reply->error();
    CHECK(why.code == errc::server_failed);
    CHECK(why.context.starts_with("it failed; not asked again: the model is not asked before "));
}

TEST_CASE("a governed model asks once more for JSON that fits, and adds up both answers") {
    world w({answers("no"), fails(errc::server_failed, 500), answers(R"({"n":1})")});
    w.request.schema = a_number;
    w.start(w.ask());
    w.run();
    REQUIRE(*w.reply);
    CHECK((*w.reply)->text == R"({"n":1})");
    CHECK((*w.reply)->attempts == 3);
    CHECK((*w.reply)->usage.input == 20);
    CHECK((*w.reply)->usage.output == 10);
    REQUIRE(w.attempts.size() == 3);
    CHECK(w.attempts[2] == "3 it failed");

    world v({answers("no")});
    v.request.schema = a_number;
    v.start(v.ask());
    v.run();
    CHECK(v.reply->error().code == errc::schema_mismatch);
    CHECK(v.attempts.size() == 2);
}

TEST_CASE("a governed model keeps its key out of what the server is quoted with") {
    auto repeats_key = fails(errc::unauthorized, 401);
    std::get<attempt_failure>(repeats_key.outcome).why.context = "bad key sk-secret-key!";
    world w({repeats_key});
    w.start(w.ask());
    w.run();
    CHECK(w.reply->error() == riva::error{errc::unauthorized, "bad key [key]!"});
    w.start(w.ask());
    w.run();
    CHECK(
        w.reply->error().context ==
        "bad key [key]!; not asked again until the configuration changes"
    );
    CHECK(w.endpoint.arrivals().size() == 1);
}

TEST_CASE("models of one endpoint share its width") {
    world w({answers("hi", 1s)});
    asked_endpoint to{"openai:m", "the model", profile_of("openai", "127.0.0.1", "m"), ""};
    governed_model other(std::move(to), w.endpoint.way(), w.one);
    const auto ask_other = [&]() -> asio::awaitable<void> {
        static_cast<void>(co_await other.complete(w.request, {}, deadline::never()));
    };
    for (int i = 0; i < 4; ++i) {
        w.start(w.ask());
        w.start(ask_other());
    }
    w.run_for(500ms);
    CHECK(w.endpoint.arrivals().size() == 4);
    CHECK(w.one->state().waiting == 4);
    w.run();
    CHECK(w.endpoint.arrivals().size() == 8);
}

TEST_CASE("a governed model that waits for its turn ends at the deadline, without a request") {
    world w({answers("hi", 60s)});
    for (int i = 0; i < 4; ++i) w.start(w.ask());
    std::optional<riva::result<chat_reply>> late;
    const auto ask_late = [&]() -> asio::awaitable<void> {
        late = co_await w.model->complete(w.request, {}, deadline::at(w.clock.now() + 2s));
    };
    w.start(ask_late());
    w.run_for(2s);
    REQUIRE(late);
    CHECK(late->error().code == errc::total_timed_out);
    CHECK(w.endpoint.arrivals().size() == 4);
    w.run();
}

TEST_CASE("a request of a governed model keeps a reserve of the time for what follows") {
    world w({answers("hi", 1h)});
    const auto start = w.clock.now();
    riva::clock::duration took{};
    const auto ask = [&]() -> asio::awaitable<void> {
        co_await w.ask(deadline::at(start + 60s));
        took = w.clock.now() - start;
    };
    w.start(ask());
    w.run();
    CHECK(took == 58s);
    CHECK(w.reply->error().code == errc::total_timed_out);
}

TEST_CASE("a governed model that is cancelled gives back its slot, wherever it is") {
    for (const auto when : {0ms, 500ms, 1500ms, 2100ms}) {
        CAPTURE(when.count());
        world w({fails(errc::server_failed, 503, 1s), answers("hi", 5s)});
        CHECK(w.cancel_after(w.ask(), when));
        CHECK_FALSE(w.reply);
        CHECK(w.one->state().in_flight == 0);
        CHECK(w.one->state().retries == 0);
        CHECK(w.endpoint.open() == 0);
        w.run();
    }
}

TEST_CASE("what is thrown before a request ends the call, and no slot is lost") {
    world w({answers("hi")});
    w.watch.on_attempt = [](int, const riva::error*) { throw std::runtime_error("no money"); };
    CHECK_THROWS_WITH((w.start(w.ask()), w.run()), "no money");
    CHECK(w.endpoint.arrivals().empty());
    CHECK(w.one->state().in_flight == 0);
}
