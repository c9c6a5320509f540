// What many clients do to an endpoint that fails and comes back. Ten minutes take milliseconds.
#include "catch.hpp"
#include "governed_model.hpp"
#include "random_stream.hpp"
#include "simulated_endpoint.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
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

constexpr int clients = 200;
constexpr auto outage_begins = 60s;
constexpr auto outage_ends = outage_begins + 10min;
constexpr auto over = outage_ends + 60s;

governor_policy seeded(std::uint64_t seed) {
    governor_policy policy;
    policy.retry.seed = seed;
    policy.queue = clients;
    return policy;
}

/// Two hundred clients of one governor, each asking again a while after its last answer.
struct storm : riva::test::simulation {
    explicit storm(std::uint64_t seed)
        : random(seed),
          began(clock.now()),
          endpoint(clock, [this](std::size_t, const chat_request&) { return serve(); }),
          one(std::make_shared<governor>("the model", seeded(seed), clock)) {
        asked_endpoint to{
            "openai:m", "the model", profile_of("openai", "127.0.0.1", "m"), std::string()
        };
        model = std::make_unique<governed_model>(std::move(to), endpoint.way(), one);
        for (int i = 0; i < clients; ++i) start(be_a_client());
    }

    riva::clock::duration time() const { return clock.now() - began; }
    bool outage() const { return time() >= outage_begins && time() < outage_ends; }

    ending serve() {
        if (!outage()) return answers("hi", 500ms);
        ++requests_in_outage;
        return fails(errc::server_failed, 503, 50ms);
    }

    asio::awaitable<void> be_a_client() {
        chat_request request;
        request.messages = {{role::user, "go"}};
        while (time() < over) {
            co_await clock.sleep_until(clock.now() + 1ms * random.below(20'000));
            int attempts = 0;
            bool sent_in_outage = false;
            stream_observer watch;
            watch.on_attempt = [&](int number, const riva::error*) {
                attempts = number;
                sent_in_outage = sent_in_outage || outage();
            };
            const auto reply = co_await model->complete(request, watch, deadline::never());
            calls_in_outage += sent_in_outage ? 1 : 0;
            if (reply && time() > outage_ends) answered_after.push_back(time() - outage_ends);
        }
    }

    random_stream random;
    riva::clock::time_point began;
    riva::test::simulated_endpoint endpoint;
    std::shared_ptr<governor> one;
    std::unique_ptr<governed_model> model;
    int requests_in_outage = 0;
    int calls_in_outage = 0;
    std::vector<riva::clock::duration> answered_after;
};

/// Kolmogorov's distribution: how likely samples of a uniform distribution are to lie at least as
/// far from it (Marsaglia, Tsang and Wang 2003 give the series and Stephens' correction).
double likelihood_of_uniform(std::vector<double> shares) {
    std::ranges::sort(shares);
    const auto n = static_cast<double>(shares.size());
    double farthest = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const auto rank = static_cast<double>(i);
        farthest = std::max({farthest, shares[i] - rank / n, (rank + 1) / n - shares[i]});
    }
    const double root = std::sqrt(n);
    const double lambda = (root + 0.12 + 0.11 / root) * farthest;
    double p = 0;
    for (int k = 1; k <= 100; ++k)
        p += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
    return std::min(p, 1.0);
}

}  // namespace

TEST_CASE("an outage of ten minutes sees hardly more requests than calls", "[governor]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        storm s(seed);
        s.run();
        const auto asked = static_cast<double>(s.calls_in_outage);
        REQUIRE(asked > 0);
        CHECK(static_cast<double>(s.requests_in_outage) / asked <= 1.10);
        // One probe after every rest of ten seconds, and those under way when it began.
        CHECK(s.requests_in_outage <= 90);
        CHECK(s.one->state().trips <= 600 / 10);
        CHECK(s.one->state().in_flight == 0);
        CHECK(s.one->state().retries == 0);
        CHECK(s.endpoint.open() == 0);
    }
}

TEST_CASE("answers come again within fifteen seconds of an outage's end", "[governor]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        storm s(seed);
        s.run();
        const auto& after = s.answered_after;
        REQUIRE_FALSE(after.empty());
        CHECK(after.front() <= 15s);
        // Not one lucky probe: the breaker is closed, and the clients are served.
        CHECK(std::ranges::count_if(after, [](auto t) { return t <= 15s; }) >= 3);
        CHECK(std::ranges::count_if(after, [](auto t) { return t <= 60s; }) >= clients);
    }
}

TEST_CASE("clients that failed together do not come back together", "[governor]") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        CAPTURE(seed);
        riva::test::simulation world;
        const auto start = world.clock.now();
        riva::test::simulated_endpoint endpoint(
            world.clock,
            [](std::size_t number, const chat_request&) {
                return number <= clients ? fails(errc::server_failed, 503) : answers("hi");
            }
        );
        // Each is a process of its own, which knows nothing of the others.
        std::vector<std::unique_ptr<governed_model>> models;
        const auto ask = [](governed_model& model) -> asio::awaitable<void> {
            chat_request request;
            request.messages = {{role::user, "go"}};
            CHECK((co_await model.complete(request, {}, deadline::never())).has_value());
        };
        for (int i = 0; i < clients; ++i) {
            asked_endpoint to{"openai:m", "m", profile_of("openai", "127.0.0.1", "m"), ""};
            const auto own = seeded(seed * 1000 + static_cast<std::uint64_t>(i));
            models.push_back(std::make_unique<governed_model>(
                std::move(to),
                endpoint.way(),
                std::make_shared<governor>("the model", own, world.clock)
            ));
            world.start(ask(*models.back()));
        }
        world.run();
        REQUIRE(endpoint.arrivals().size() == 2 * clients);
        std::vector<double> shares;
        for (std::size_t i = clients; i < 2 * clients; ++i)
            shares.push_back(
                std::chrono::duration<double>(endpoint.arrivals()[i] - start).count() / 0.5
            );
        CHECK(likelihood_of_uniform(shares) > 0.01);
    }
}

TEST_CASE("the measure of uniformity tells a crowd from a spread", "[governor]") {
    std::vector<double> spread, crowd;
    for (int i = 0; i < clients; ++i) {
        spread.push_back((i + 0.5) / clients);
        crowd.push_back(0.5 + 0.001 * i);
    }
    CHECK(likelihood_of_uniform(spread) > 0.99);
    CHECK(likelihood_of_uniform(crowd) < 0.001);
}
