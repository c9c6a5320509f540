// Runs that are stopped, and runs beside one another.

#include "catch.hpp"
#include "processes.hpp"
#include "run.hpp"
#include "world.hpp"

#include <riva/runtime/task_group.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>

#include <filesystem>
#include <set>
#include <thread>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::plan;
using riva::test::propose;
using riva::test::rule_about;
using riva::test::world;

namespace {

/// A task with everything in it: failure, roll back, a command, parts at once, integration.
struct whole_way {
    std::string span = test::unique_span();
    world w{
        test::script_of_rules({
            rule_about("The task was split", {propose(create_file{"c.py", "c = 1\n"})}),
            rule_about(
                "part a", {propose(run_command{{"sh", "-c", "echo 'a = 1' > a.py"}, ""}, true)}
            ),
            rule_about("part b", {propose(create_file{"b.py", "b = 1\n"})}),
            rule_about(
                "",
                {propose(create_file{"x.py", "def broken(:\n"}),
                 propose(create_file{"x.py", "x = 1\n"})}
            ),
            test::rule_for_plans(plan(
                {{"write part a", "python3 -c 'import a'", {}},
                 {"write part b", "python3 -c 'import b'", {}}}
            )),
        }),
        {{"main.py", "print(1)\n"}, {"data/n.txt", "n\n"}}
    };
    std::map<std::string, std::string> before = test::tree_of(w.repository.path());

    agents::task job() const {
        // The sleeping process would outlive the run if anybody forgot about it.
        return w.task(
            "make a and b", {"sleep " + span + " & python3 -c 'import a, b; import c' && kill $!"}
        );
    }

    void check_nothing_is_left() const {
        CHECK(test::children().empty());
        CHECK(test::processes_with(span).empty());
        CHECK(test::tree_of(w.repository.path()) == before);
        const auto runs = w.state / "riva" / "runs";
        if (!std::filesystem::exists(runs)) return;
        for (const auto& folder : std::filesystem::directory_iterator(runs))
            for (const auto& left : std::filesystem::directory_iterator(folder.path()))
                CHECK(left.path().filename() == "objects");
    }
};

std::string last_outcome(const world& w) {
    if (w.events.empty()) return "nothing started";
    const auto* ended = std::get_if<events::run_result>(&w.events.back().body);
    return ended == nullptr ? "no result" : ended->outcome;
}

}  // namespace

TEST_CASE("the whole way goes through parts and their integration", "[cancellation]") {
    if (!have_sandbox()) return;
    whole_way way;
    way.w.settings.max_cycles = 5;
    const auto ended = way.w.run(way.job());
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    CHECK(ended->result.decompositions == 1);
    way.check_nothing_is_left();
}

TEST_CASE("a run cancelled at any point leaves no process and no changed tree", "[cancellation]") {
    if (!have_sandbox()) return;
    bool finished = false;
    std::size_t points = 0;
    // Every point at the start, then wider apart, since one run takes thousands of steps.
    for (std::size_t steps = 0; !finished; steps += 1 + steps / 40, ++points) {
        whole_way way;
        INFO("cancelled after " << steps << " steps");
        test::recorder ear(way.w.events);
        finished = !test::run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                return [](whole_way& all, test::recorder& to) -> asio::awaitable<void> {
                    agents::engine engine(co_await asio::this_coro::executor, all.w.settings);
                    (void)co_await engine.run(all.job(), &to);
                }(way, ear);
            },
            steps
        );
        way.check_nothing_is_left();
        const std::string outcome = last_outcome(way.w);
        CHECK((outcome == "nothing started" || outcome == "cancelled" || outcome == "verified"));
        const auto starts = way.w.seen<events::intention_started>();
        const auto ends = way.w.seen<events::intention_ended>();
        CHECK(starts.size() == ends.size());
        for (std::size_t i = 0; i < way.w.events.size(); ++i) {
            const auto seq = i == 0 ? 0 : way.w.events[i - 1].seq;
            CHECK(way.w.events[i].seq - seq <= 1);
        }
    }
    CHECK(points > 30);
    std::printf("cancelled at %zu points\n", points);
}

TEST_CASE("a request to stop ends a run at a safe point and reports it", "[cancellation]") {
    if (!have_sandbox()) return;
    whole_way way;
    asio::io_context io(1);
    agents::engine engine(io.get_executor(), way.w.settings);
    asio::cancellation_signal signal;
    result<agents::report> ended;
    std::exception_ptr failure;
    // Asks as soon as the first action was proposed.
    struct stopper final : observer {
        asio::cancellation_signal* signal = nullptr;
        asio::io_context* on = nullptr;
        asio::awaitable<void> observe(const event& e) override {
            if (std::holds_alternative<events::action_proposed>(e.body))
                asio::post(*on, [s = signal] { s->emit(asio::cancellation_type::partial); });
            co_return;
        }
    } ear;
    ear.signal = &signal;
    ear.on = &io;
    engine.async_run(
        way.job(),
        &ear,
        {},
        asio::bind_cancellation_slot(
            signal.slot(),
            [&](std::exception_ptr e, result<agents::report> r) {
                failure = e;
                ended = std::move(r);
            }
        )
    );
    io.run();
    REQUIRE_FALSE(failure);
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "cancelled");
    CHECK(ended->result.error->kind == "interrupted");
    way.check_nothing_is_left();
}

TEST_CASE("runs side by side on two threads do not touch one another", "[cancellation]") {
    if (!have_sandbox()) return;
    whole_way first, second;
    asio::io_context io(2);
    agents::engine one(io.get_executor(), first.w.settings);
    std::vector<result<agents::report>> ended(4);
    std::vector<std::vector<event>> heard(4);
    std::vector<std::unique_ptr<test::recorder>> ears;
    for (std::size_t i = 0; i < ended.size(); ++i) {
        auto& way = i % 2 == 0 ? first : second;
        ears.push_back(std::make_unique<test::recorder>(heard[i]));
        one.async_run(
            way.job(),
            ears.back().get(),
            {},
            [&, i](std::exception_ptr e, result<agents::report> r) {
                if (!e) ended[i] = std::move(r);
            }
        );
    }
    std::thread other([&] { io.run(); });
    io.run();
    other.join();

    std::set<std::string> ids;
    for (std::size_t i = 0; i < ended.size(); ++i) {
        REQUIRE(ended[i].has_value());
        CHECK(ended[i]->result.outcome == "verified");
        CHECK(ended[i]->result.files.size() >= 3);
        ids.insert(ended[i]->run);
        for (std::size_t k = 0; k < heard[i].size(); ++k) CHECK(heard[i][k].run == ended[i]->run);
        // What was heard is what is kept.
        std::vector<event> kept;
        test::run([&]() -> asio::awaitable<void> {
            return [](agents::engine& e, std::string run, std::vector<event>& to
                   ) -> asio::awaitable<void> {
                to = (co_await e.journal().value()->read(run)).value();
            }(one, ended[i]->run, kept);
        });
        std::erase_if(heard[i], [](const event& e) {
            return std::holds_alternative<events::model_delta>(e.body);
        });
        CHECK(kept == heard[i]);
    }
    CHECK(ids.size() == 4);
    first.check_nothing_is_left();
}
