#include "real_sandbox.hpp"
#include "scripted_graph.hpp"
#include "temporary_folder.hpp"

#include <riva/verify/check_graph.hpp>
#include <riva/verify/checks.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace riva::verify::test {
namespace {

using namespace std::chrono_literals;
using riva::test::real_sandbox;
using riva::test::temporary_folder;

check_traits behavioural(std::string id, bool pure = false) {
    check_traits t = named(std::move(id));
    t.layer = layer::behavioural;
    t.pure = pure;
    return t;
}

/// Says the first at its first attempt, and the second from then on.
body first_and_then(verdict first, verdict second) {
    return [=](int attempt) -> asio::awaitable<evidence> {
        co_return found(attempt == 1 ? first : second, "try " + std::to_string(attempt));
    };
}

void keep_reports(graph& g, strings& reports) {
    g.options.on_started = [&](const check_traits& t) -> asio::awaitable<void> {
        reports.push_back(t.id + " started");
        co_return;
    };
    g.options.on_ended = [&](const evidence& e) -> asio::awaitable<void> {
        reports.push_back(e.check + " " + std::string(to_string(e.result)));
        co_return;
    };
}

}  // namespace

TEST_CASE("a check that fails and then passes on the same input is flaky, no pass", "[flaky]") {
    graph g;
    strings reports;
    keep_reports(g, reports);
    g.add(behavioural("t"), first_and_then(verdict::fail, verdict::pass));
    const auto all = g.results();
    CHECK(verdicts(all) == strings{"t indeterminate"});
    CHECK(all[0].grade == evidence_grade::none);
    CHECK(all[0].detail == "flaky: passed when run again on the same input; before: try 1");
    CHECK(reports == strings{"t started", "t fail", "t started", "t indeterminate"});
    CHECK(combine(all) == verdict::indeterminate);
}

TEST_CASE("a failure that is confirmed stands", "[flaky]") {
    graph g;
    g.add(behavioural("t"), first_and_then(verdict::fail, verdict::fail));
    const auto all = g.results();
    CHECK(verdicts(all) == strings{"t fail"});
    CHECK(all[0].grade == evidence_grade::executed);
    CHECK(all[0].detail == "try 2");
    CHECK(g.seen.started == strings{"t", "t"});
}

TEST_CASE("a failure that cannot be confirmed stands", "[flaky]") {
    const verdict second = GENERATE(verdict::infra_error, verdict::indeterminate, verdict::skipped);
    graph g;
    g.add(behavioural("t"), first_and_then(verdict::fail, second));
    const auto all = g.results();
    CHECK(verdicts(all) == strings{"t fail"});
    CHECK(all[0].grade == evidence_grade::executed);
    CHECK(all[0].detail == "try 1 (not confirmed: try 2)");
}

TEST_CASE("no check runs more than twice, and a pass only once", "[flaky]") {
    graph g;
    g.options.mode = graph_mode::collect_all;
    g.options.cpu_width = 1;
    g.add(behavioural("passes"), first_and_then(verdict::pass, verdict::fail));
    g.add(behavioural("breaks"), first_and_then(verdict::infra_error, verdict::fail));
    g.add(behavioural("fails"), first_and_then(verdict::fail, verdict::fail));
    CHECK(verdicts(g.results()) == strings{"passes pass", "breaks fail", "fails fail"});
    CHECK(g.seen.started == strings{"passes", "breaks", "breaks", "fails", "fails"});
}

TEST_CASE("only executed behavioural checks that are not pure are run again", "[flaky]") {
    struct once {
        enum layer layer;
        bool pure;
        evidence_grade grade;
    };
    for (const once& one : {
             once{layer::syntax, false, evidence_grade::executed},
             once{layer::semantic, true, evidence_grade::statically},
             once{layer::behavioural, true, evidence_grade::executed},
             once{layer::behavioural, false, evidence_grade::judged},
             once{layer::intent, false, evidence_grade::judged},
         }) {
        graph g;
        check_traits t = behavioural("t", one.pure);
        t.layer = one.layer;
        g.add(t, [&](int) -> asio::awaitable<evidence> {
            evidence e = found(verdict::fail);
            e.grade = one.grade;
            co_return e;
        });
        CHECK(verdicts(g.results()) == strings{"t fail"});
        CHECK(g.seen.started == strings{"t"});
    }
}

TEST_CASE("failures are taken as they come when they are not to be confirmed", "[flaky]") {
    graph g;
    g.options.confirm_failures = false;
    g.add(behavioural("t"), first_and_then(verdict::fail, verdict::pass));
    CHECK(verdicts(g.results()) == strings{"t fail"});
    CHECK(g.seen.started == strings{"t"});
}

TEST_CASE("others go on while a failure is being confirmed, and stop when it is", "[flaky]") {
    const verdict second = GENERATE(verdict::fail, verdict::pass);
    graph g;
    g.options.cpu_width = 2;
    gate other_passed;
    g.add(behavioural("fails"), [&](int attempt) -> asio::awaitable<evidence> {
        if (attempt == 2) co_await other_passed.pass();
        co_return found(attempt == 1 ? verdict::fail : second);
    });
    g.add(named("other"), [&](int) -> asio::awaitable<evidence> {
        co_await sleep_for(5ms);  // longer than the first attempt
        other_passed.open();
        co_return found(verdict::pass);
    });
    const auto all = g.results();
    CHECK(all[0].result == (second == verdict::fail ? verdict::fail : verdict::indeterminate));
    CHECK(all[1].result == verdict::pass);
    CHECK(g.seen.all_alive == 0);
}

TEST_CASE("a confirmation that another failure cuts off leaves the failure standing", "[flaky]") {
    graph g;
    g.options.cpu_width = 2;
    g.add(behavioural("slow"), [&](int attempt) {
        return attempt == 1 ? say(verdict::fail) : say_after(60s, verdict::pass);
    });
    g.add(named("quick"), [&](int) { return say_after(10ms, verdict::fail); });
    const auto begin = std::chrono::steady_clock::now();
    const auto all = g.results();
    CHECK(std::chrono::steady_clock::now() - begin < 30s);
    CHECK(verdicts(all) == strings{"slow fail", "quick fail"});
    CHECK(all[0].detail == " (not confirmed: cancelled, because quick failed)");
    CHECK(g.seen.all_alive == 0);
}

TEST_CASE("a command whose outcome changes from run to run is flaky", "[flaky]") {
    if (!real_sandbox()) return;
    const temporary_folder tree;
    std::vector<std::shared_ptr<check>> checks{command_check(
        *real_sandbox(), "user:1", "test -e seen || { touch seen; exit 3; }", author::user
    )};
    std::vector<evidence> all;
    riva::test::run([&]() -> asio::awaitable<void> {
        all = co_await run_checks(checks, {tree.path(), {}, "tree"}, {}, deadline::in(60s));
    });
    CHECK(verdicts(all) == strings{"user:1 indeterminate"});
    CHECK(all[0].detail.starts_with("flaky: "));
    CHECK(all[0].exit_code == 3);
}

}  // namespace riva::verify::test
