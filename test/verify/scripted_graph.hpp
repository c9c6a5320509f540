#pragma once

#include "run.hpp"

#include <riva/runtime/with_deadline.hpp>
#include <riva/verify/check_graph.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

/// A graph of checks that do as they are told.
namespace riva::verify::test {

using strings = std::vector<std::string>;

/// What happened in a graph, in order.
struct record {
    std::vector<std::string> started;
    std::map<resource, int> alive;
    std::map<resource, int> most;
    int all_alive = 0;
};

using body = std::function<asio::awaitable<evidence>(int attempt)>;

inline evidence found(verdict result, std::string detail = "") {
    evidence e;
    e.result = result;
    e.grade = result == verdict::pass || result == verdict::fail ? evidence_grade::executed
                                                                 : evidence_grade::none;
    e.detail = std::move(detail);
    return e;
}

inline asio::awaitable<evidence> say(verdict result) {
    co_return found(result);
}

inline asio::awaitable<evidence> say_after(std::chrono::milliseconds span, verdict result) {
    co_await sleep_for(span);
    co_return found(result);
}

inline asio::awaitable<evidence> break_down(std::string message) {
    throw std::runtime_error(message);
    co_return evidence{};
}

struct scripted_check final : check {
    scripted_check(record& r, check_traits t, body b)
        : seen(r), declared(std::move(t)), work(std::move(b)) {}

    const check_traits& traits() const override { return declared; }

    asio::awaitable<evidence> run(const check_input&, deadline) override {
        struct presence {
            explicit presence(scripted_check& c) : of(c) {
                int& alive = ++of.seen.alive[of.declared.resource];
                int& most = of.seen.most[of.declared.resource];
                most = std::max(most, alive);
                ++of.seen.all_alive;
            }
            ~presence() {
                --of.seen.alive[of.declared.resource];
                --of.seen.all_alive;
            }
            scripted_check& of;
        };
        const presence here(*this);
        seen.started.push_back(declared.id);
        co_return co_await work(++attempts);
    }

    record& seen;
    check_traits declared;
    body work;
    int attempts = 0;
};

inline check_traits named(std::string id, std::vector<std::string> needs = {}) {
    check_traits t;
    t.id = std::move(id);
    t.needs = std::move(needs);
    return t;
}

struct graph {
    record seen;
    graph_options options;
    std::vector<std::shared_ptr<check>> checks;
    deadline by;

    void add(check_traits t, body b) {
        checks.push_back(std::make_shared<scripted_check>(seen, std::move(t), std::move(b)));
    }
    void add(check_traits t, verdict result = verdict::pass) {
        add(std::move(t), [result](int) { return say(result); });
    }

    asio::awaitable<std::vector<evidence>> work() {
        return run_checks(checks, {"/nowhere", {"a"}, "tree"}, options, by);
    }

    std::vector<evidence> results(int threads = 1) {
        std::vector<evidence> all;
        riva::test::run([&]() -> asio::awaitable<void> { all = co_await work(); }, threads);
        return all;
    }
};

inline strings verdicts(const std::vector<evidence>& all) {
    strings texts;
    for (const evidence& e : all) texts.push_back(e.check + " " + std::string(to_string(e.result)));
    return texts;
}

/// A point that coroutines of one executor pass only once it is open.
class gate {
public:
    asio::awaitable<void> pass() {
        asio::steady_timer timer(
            co_await asio::this_coro::executor, asio::steady_timer::time_point::max()
        );
        const place here(waiting_, timer);
        if (!open_) {
            boost::system::error_code woken;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
            if (!open_) throw boost::system::system_error(asio::error::operation_aborted);
        }
    }

    void open() {
        open_ = true;
        for (asio::steady_timer* timer : waiting_) timer->cancel();
    }

private:
    struct place {
        place(std::set<asio::steady_timer*>& all, asio::steady_timer& one) : of(all), timer(&one) {
            of.insert(timer);
        }
        ~place() { of.erase(timer); }
        place(const place&) = delete;
        place& operator=(const place&) = delete;

        std::set<asio::steady_timer*>& of;
        asio::steady_timer* timer;
    };

    bool open_ = false;
    std::set<asio::steady_timer*> waiting_;
};

}  // namespace riva::verify::test
