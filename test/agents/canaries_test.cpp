// Faults that are put into a verified change, to see what its checks are worth.

#include "catch.hpp"
#include "processes.hpp"
#include "world.hpp"

#include <riva/agents/settings.hpp>
#include <riva/memory/trust_accounts.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::propose;
using riva::test::script_of;
using riva::test::world;

namespace {

const std::string clamp =
    "def clamp(x, low, high):\n"
    "    if x < low:\n"
    "        return low\n"
    "    if x > high:\n"
    "        return high\n"
    "    return x + 0\n";

const std::string good_check =
    "python3 -c 'from clamp import clamp as c; a = [c(x, 2, 4) for x in range(7)]; "
    "assert a == [2, 2, 2, 3, 4, 4, 4], a'";

std::string write_clamp() {
    return propose(create_file{"clamp.py", clamp});
}

struct with_canaries : world {
    explicit with_canaries(
        const std::string& script = script_of({write_clamp()}), const std::string& count = "12"
    )
        : world(script) {
        agents::set(settings, "verify.canaries", count).value();
    }

    std::vector<std::string> left_in_runs() const {
        std::vector<std::string> left;
        for (const auto& run : std::filesystem::directory_iterator(state / "riva" / "runs"))
            for (const auto& entry : std::filesystem::directory_iterator(run.path()))
                if (entry.path().filename() != "objects") left.push_back(entry.path().string());
        return left;
    }
};

std::int64_t count_of(const world& w, const std::string& outcome) {
    return std::ranges::count(
        w.seen<events::verify_canary>(), outcome, &events::verify_canary::outcome
    );
}

}  // namespace

TEST_CASE("a good check catches the faults that are put into a change", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries w;
    const auto ended = w.run(w.task("write clamp", {good_check}));
    REQUIRE(ended.value().result.outcome == "verified");
    const auto released = w.seen<events::verify_canary>();
    const auto& counts = ended->result.verification;
    CHECK(counts.canaries == count_of(w, "caught") + count_of(w, "missed"));
    CHECK(counts.canaries_caught == count_of(w, "caught"));
    CHECK(counts.canaries_caught >= 5);
    // `< to <=` and `> to >=` mean the same here, and so does a sum with nothing.
    CHECK(counts.canaries - counts.canaries_caught <= 3);
    std::set<std::pair<std::int64_t, std::string>> different;
    for (const auto& one : released) {
        CHECK(one.path == "clamp.py");
        CHECK((one.line >= 2 && one.line <= 6));
        different.emplace(one.line, one.mutation);
        if (one.outcome != "caught") continue;
        const auto by =
            std::ranges::find(one.checks, verdict::fail, &events::canary_finding::result);
        REQUIRE(by != one.checks.end());
        CHECK(by->check == "user:1");
    }
    CHECK(different.size() == released.size());
}

TEST_CASE("canaries leave no trace in the change nor in the checks of the run", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries with, without(script_of({write_clamp()}), "0");
    const auto measured = with.run(with.task("write clamp", {good_check}));
    const auto plain = without.run(without.task("write clamp", {good_check}));
    REQUIRE(measured.value().result.outcome == "verified");
    CHECK(measured->diff == plain.value().diff);
    CHECK(measured->result.grade == plain->result.grade);
    CHECK(measured->result.verification.performed == plain->result.verification.performed);
    CHECK(measured->result.verification.caught == plain->result.verification.caught);
    CHECK(
        with.seen<events::check_started>().size() == without.seen<events::check_started>().size()
    );
    CHECK(with.seen<events::check_ended>().size() == without.seen<events::check_ended>().size());
    CHECK(without.seen<events::verify_canary>().empty());
    CHECK_FALSE(with.seen<events::verify_canary>().empty());
    CHECK(with.left_in_runs().empty());
    CHECK(std::holds_alternative<events::run_result>(with.events.back().body));
}

TEST_CASE("a check that looks at nothing misses every fault", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries w;
    const auto ended = w.run(w.task("write clamp", {"true"}));
    REQUIRE(ended.value().result.outcome == "verified");
    CHECK(ended->result.verification.canaries >= 5);
    CHECK(ended->result.verification.canaries_caught == 0);
}

TEST_CASE("a check that cannot tell counts neither as caught nor as missed", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries w;
    w.settings.check_timeout = std::chrono::milliseconds(1500);
    // Crashes on anything but the change itself.
    const auto ended = w.run(w.task(
        "write clamp",
        {"python3 -c 'import clamp, time; c = clamp.clamp; a = [c(x, 2, 4) for x in range(7)]; "
         "a == [2, 2, 2, 3, 4, 4, 4] or time.sleep(60)'"}
    ));
    REQUIRE(ended.value().result.outcome == "verified");
    CHECK(count_of(w, "unknown") >= 1);
    CHECK(count_of(w, "caught") == 0);
    CHECK(ended->result.verification.canaries == count_of(w, "missed"));
}

TEST_CASE("a fault that the compiler refuses does not speak for the check", "[canaries]") {
    if (!have_sandbox() || std::system("command -v g++ > /dev/null") != 0) return;
    with_canaries w(script_of({propose(create_file{"f.cpp", "int& f(int& a) { return a; }\n"})}));
    const auto ended = w.run(w.task("write f", {"g++ -c -o f.o f.cpp"}));
    REQUIRE(ended.value().result.outcome == "verified");
    const auto released = w.seen<events::verify_canary>();
    REQUIRE(released.size() == 1);
    CHECK(released.front().mutation == "returned value dropped");
    CHECK(released.front().outcome == "invalid");
    CHECK(ended->result.verification.canaries == 0);
}

TEST_CASE("no fault is put into tests, nor into what did not change", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries w(script_of(
        {propose(create_file{"test_clamp.py", "x = 1 + 2\n"}, false),
         propose(edit_file{"old.py", {{"y = 2", "y = 3"}}})}
    ));
    w.repository.write("old.py", "x = 1\ny = 2\nz = 3\n");
    const auto ended = w.run(w.task("change old.py", {"python3 -c 'import old'"}));
    REQUIRE(ended.value().result.outcome == "verified");
    const auto released = w.seen<events::verify_canary>();
    REQUIRE(released.size() == 1);
    CHECK(released.front().path == "old.py");
    CHECK(released.front().line == 2);
    CHECK(released.front().mutation == "3 to 4");
}

TEST_CASE("a run that is not verified releases no canaries", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries w;
    w.settings.max_cycles = 1;
    w.settings.max_depth = 0;
    const auto ended = w.run(w.task("write clamp", {"false"}));
    REQUIRE(ended.value().result.outcome == "failed");
    CHECK(w.seen<events::verify_canary>().empty());
}

TEST_CASE("canaries end before the deadline of a run, which stays verified", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries w(script_of({write_clamp()}), "20");
    w.time = std::chrono::seconds(9);
    const auto start = std::chrono::steady_clock::now();
    const auto ended = w.run(w.task("write clamp", {"sleep 1.3"}));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(11));
    REQUIRE(ended.value().result.outcome == "verified");
    CHECK(w.seen<events::verify_canary>().size() < 7);
    CHECK(ended->result.verification.canaries >= 1);
}

TEST_CASE("what canaries say adds up over the runs of a repository with a check", "[canaries]") {
    if (!have_sandbox()) return;
    with_canaries w;
    const auto job = w.task("write clamp", {good_check});
    const auto first = w.run(job);
    const auto second = w.run(job);
    const auto other = w.run(w.task("write clamp", {"true"}));
    REQUIRE(other.value().result.outcome == "verified");
    const auto& one = first.value().result.verification;
    const auto& two = second.value().result.verification;
    REQUIRE(one.canaries > 0);
    REQUIRE(two.canaries > 0);
    const auto accounts = memory::trust_accounts::open(w.settings.state_folder / "riva.db");
    const auto project = std::filesystem::canonical(w.repository.path()).string();
    const auto scopes = accounts.value()->scopes(project).value();
    REQUIRE(scopes.size() == 2);
    const memory::canary_row sum{
        "", one.canaries + two.canaries, one.canaries_caught + two.canaries_caught
    };
    const auto known = (*accounts)->load_canaries(scopes.front()).value();
    REQUIRE(known.size() == 2);
    CHECK(known.front() == sum);
    CHECK(known.back() == memory::canary_row{"user:1", sum.tried, sum.caught});
    const auto blind = (*accounts)->load_canaries(scopes.back()).value();
    CHECK(blind.front() == memory::canary_row{"", other->result.verification.canaries, 0});
}

namespace {

/// Cancels a run when something begins to run for the first canary.
struct canceller final : observer {
    asio::cancellation_type how;
    asio::cancellation_signal signal;
    asio::io_context* on = nullptr;
    int canaries = 0;

    explicit canceller(asio::cancellation_type type) : how(type) {}

    asio::awaitable<void> observe(const event& e) override {
        if (std::holds_alternative<events::verify_canary>(e.body) && ++canaries == 2)
            asio::post(*on, [this] { signal.emit(how); });
        co_return;
    }
};

}  // namespace

TEST_CASE(
    "a run that is cancelled among its canaries leaves nothing, and is verified", "[canaries]"
) {
    if (!have_sandbox()) return;
    for (const auto how : {asio::cancellation_type::terminal, asio::cancellation_type::partial}) {
        with_canaries w;
        const std::string span = test::unique_span();
        auto job = w.task(
            "write clamp", {"python3 -c 'import clamp'; sleep " + span + " & sleep 0.3; kill $!"}
        );
        job.write = true;
        canceller ear(how);
        test::recorder both(w.events, &ear);
        asio::io_context io(1);
        ear.on = &io;
        bool thrown = false;
        {
            agents::engine engine(io.get_executor(), w.settings);
            engine.async_run(
                std::move(job),
                &both,
                {},
                asio::bind_cancellation_slot(
                    ear.signal.slot(),
                    [&](std::exception_ptr e, const result<agents::report>&) {
                        thrown = e != nullptr;
                    }
                )
            );
            io.run();
        }
        CHECK(thrown == (how == asio::cancellation_type::terminal));
        const auto* last = std::get_if<events::run_result>(&w.events.back().body);
        REQUIRE(last != nullptr);
        CHECK(last->outcome == "verified");
        CHECK_FALSE(last->error.has_value());
        CHECK(last->verification.canaries >= 2);
        CHECK(w.seen<events::verify_canary>().size() < 8);
        CHECK(test::children().empty());
        CHECK(test::processes_with(span).empty());
        CHECK(w.left_in_runs().empty());
        CHECK(std::filesystem::exists(w.repository / "clamp.py"));
    }
}
