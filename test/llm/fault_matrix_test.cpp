// What each fault of a model's server comes to, in every tier: 24 faults, 3 tiers, 20 seeds, under
// a virtual clock. The table in docs/faults.md is what this prints.
#include "catch.hpp"
#include "fault_list.hpp"
#include "governed_model.hpp"
#include "random_stream.hpp"
#include "simulated_endpoint.hpp"

#include <riva/llm/failure_scope.hpp>
#include <riva/llm/tier.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;
using riva::deadline;
using riva::test::all_faults;
using riva::test::answers;
using riva::test::ending;
using riva::test::fault;
using namespace riva::llm;

namespace {

constexpr std::uint64_t seeds = 20;
constexpr int clients = 6;
constexpr auto fault_begins = 30s;
constexpr auto fault_ends = fault_begins + 10min;
constexpr auto over = fault_ends + 2min;
constexpr auto call_time = 2min;

/// From the request to the first token and to the end, for models as large as those of each tier.
struct pace {
    riva::clock::duration first_token, answer;
};
constexpr std::array<pace, 3> paces{{{200ms, 1s}, {500ms, 4s}, {1500ms, 12s}}};

/// What came of it, in one run or the worst of several.
struct outcome {
    int most_attempts = 0;  ///< for one call
    int calls = 0;          ///< that sent a request during the fault
    int requests = 0;       ///< during the fault
    int lost = 0;           ///< calls of these that brought no answer
    int elsewhere = 0;      ///< calls answered by the other model
    int trips = 0;
    bool locked = false;
    riva::clock::duration back{};  ///< from the end of the fault to an answer of the same model

    void add(const outcome& more) {
        most_attempts = std::max(most_attempts, more.most_attempts);
        calls += more.calls;
        requests += more.requests;
        lost += more.lost;
        elsewhere += more.elsewhere;
        trips = std::max(trips, more.trips);
        locked = locked || more.locked;
        back = std::max(back, more.back);
    }
};

/// Six clients of a model that has the fault for ten minutes, with a healthy model to fall back on.
struct scenario : riva::test::simulation {
    scenario(const fault& what, tier t, std::uint64_t seed)
        : injected(what),
          speed(paces[static_cast<std::size_t>(t)]),
          random(random_stream(seed).mix(what.what)),
          began(clock.now()),
          faulty(clock, [this](std::size_t, const chat_request&) { return serve(); }),
          healthy(clock, [this](std::size_t, const chat_request&) { return answer(); }),
          one(make_governor(seed)) {
        model = make_model(faulty, one);
        other = make_model(healthy, make_governor(seed + 1000));
        for (int i = 0; i < clients; ++i) start(be_a_client());
        run();
        seen.trips = one->state().trips;
        seen.locked = one->state().breaker == breaker_state::locked;
        if (seen.back == riva::clock::duration()) seen.back = riva::clock::duration::max();
    }

    std::shared_ptr<governor> make_governor(std::uint64_t seed) {
        governor_policy policy;
        policy.retry.seed = seed;
        return std::make_shared<governor>("the model", policy, clock);
    }

    static std::unique_ptr<governed_model> make_model(
        riva::test::simulated_endpoint& at, std::shared_ptr<governor> by
    ) {
        asked_endpoint to{"openai:m", "the model", profile_of("openai", "127.0.0.1", "m"), ""};
        return std::make_unique<governed_model>(std::move(to), at.way(), std::move(by));
    }

    riva::clock::duration time() const { return clock.now() - began; }
    bool failing() const { return time() >= fault_begins && time() < fault_ends; }

    ending answer() const {
        ending end = answers("hi", speed.answer);
        end.first_token = speed.first_token;
        return end;
    }

    ending serve() {
        if (!failing()) return answer();
        ++seen.requests;
        return injected.end();
    }

    asio::awaitable<void> be_a_client() {
        while (time() < over) {
            co_await clock.sleep_until(clock.now() + 1ms * random.below(5000));
            co_await ask();
        }
    }

    asio::awaitable<void> ask() {
        chat_request request;
        request.messages = {{role::user, "go"}};
        bool hit = false;
        stream_observer watch;
        watch.on_attempt = [&](int number, const riva::error*) {
            seen.most_attempts = std::max(seen.most_attempts, number);
            hit = hit || failing();
        };
        const deadline by = deadline::at(clock.now() + call_time);
        const auto start = time();
        auto reply = co_await model->complete(request, watch, by);
        overrun = std::max(overrun, clock.now() - by.when());
        if (reply && start > fault_ends && seen.back == riva::clock::duration())
            seen.back = time() - fault_ends;
        const bool elsewhere = !reply && scope_of(reply.error().code) != failure_scope::answer;
        seen.calls += hit ? 1 : 0;
        if (!reply) empty_reasons += reply.error().context.empty() ? 1 : 0;
        if (elsewhere) {
            reply = co_await other->complete(request, {}, deadline::at(clock.now() + call_time));
            seen.elsewhere += reply ? 1 : 0;
        }
        if (hit && !reply) ++seen.lost;
    }

    const fault& injected;
    pace speed;
    random_stream random;
    riva::clock::time_point began;
    riva::test::simulated_endpoint faulty, healthy;
    std::shared_ptr<governor> one;
    std::unique_ptr<governed_model> model, other;
    outcome seen;
    riva::clock::duration overrun = riva::clock::duration::min();
    int empty_reasons = 0;
};

std::string figure(const char* format, double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

std::string seconds(riva::clock::duration span) {
    if (span == riva::clock::duration::max()) return "never";
    return figure("%.0f s", std::ceil(std::chrono::duration<double>(span).count()));
}

std::string describe(const outcome& of) {
    return figure("%.2f", static_cast<double>(of.requests) / of.calls) + " × " +
           std::to_string(of.calls / static_cast<int>(seeds)) + ", " + seconds(of.back);
}

std::string row(const fault& what, const std::array<outcome, 3>& by_tier) {
    outcome all;
    for (const auto& each : by_tier) all.add(each);
    std::string text =
        "| " + std::string(what.what) + " | " + riva::error_code(what.code).message();
    text += all.most_attempts > 1 ? " | up to " + std::to_string(all.most_attempts) + " requests"
                                  : " | no";
    text += all.elsewhere > 0 ? " | yes" : " | no";
    text += all.locked ? " | for good" : all.trips > 0 ? " | yes" : " | no";
    for (const auto& each : by_tier) text += " | " + describe(each);
    return text + " |\n";
}

}  // namespace

TEST_CASE("every fault has the outcome that docs/faults.md tells", "[governor]") {
    std::string table;
    for (const auto& what : all_faults) {
        CAPTURE(what.what);
        std::array<outcome, 3> by_tier;
        for (const auto t : all_tiers) {
            CAPTURE(to_string(t));
            for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
                CAPTURE(seed);
                scenario s(what, t, seed);
                CHECK(s.one->state().in_flight == 0);
                CHECK(s.one->state().retries == 0);
                CHECK(s.one->state().waiting == 0);
                CHECK(s.faulty.open() == 0);
                CHECK(s.overrun <= 50ms);
                CHECK(s.empty_reasons == 0);
                CHECK(s.seen.calls > 0);
                CHECK(s.seen.most_attempts <= 5);
                CHECK(s.seen.trips <= std::chrono::minutes(10) / 10s);
                by_tier[static_cast<std::size_t>(t)].add(s.seen);
            }
        }
        table += row(what, by_tier);
    }
    std::ifstream file(RIVA_SOURCE_DIR "/docs/faults.md");
    const std::string page(std::istreambuf_iterator<char>(file), {});
    const bool told = page.find(table) != page.npos;
    if (!told) std::printf("The rows of the table are now:\n%s", table.c_str());
    CHECK(told);
}
