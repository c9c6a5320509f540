#include <riva/verify/check_graph.hpp>

#include "blank_evidence.hpp"
#include "check_queue.hpp"

#include <riva/runtime/interruption.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace riva::verify {
namespace {

using std::chrono::milliseconds;

/// A check ends itself at its deadline and brings its log along; only one that does not is cut off,
/// this much later.
deadline with_patience(deadline by, milliseconds timeout) {
    const milliseconds patience = std::min(timeout / 4, milliseconds(3000));
    const auto left = deadline::clock::time_point::max() - by.when();
    return patience < left ? deadline::at(by.when() + patience) : deadline::never();
}

std::string in_seconds(milliseconds span) {
    if (span.count() % 1000 != 0) return std::to_string(span.count()) + " ms";
    return std::to_string(span.count() / 1000) + " s";
}

std::string message_of(const std::exception_ptr& e) {
    try {
        std::rethrow_exception(e);
    } catch (const std::exception& failure) {
        const std::string text = failure.what();
        return text.substr(0, text.find('\n'));
    } catch (...) {
        return "an exception of unknown type";
    }
}

/// Whether chance may have decided.
bool may_be_flaky(const check_traits& traits, const evidence& found) {
    return found.result == verdict::fail && found.grade == evidence_grade::executed &&
           traits.layer == layer::behavioural && !traits.pure;
}

/// What a failure comes to after a second run: it stands unless that passed, and then the two say
/// nothing.
evidence confirmed(evidence first, evidence second) {
    if (second.result == verdict::fail) return second;
    if (second.result == verdict::pass) {
        first.result = verdict::indeterminate;
        first.grade = evidence_grade::none;
        first.detail = "flaky: passed when run again on the same input; before: " + first.detail;
    } else {
        first.detail += " (not confirmed: " + second.detail + ")";
    }
    return first;
}

/// Keeps a running check among those that can be interrupted.
struct registration {
    registration(std::set<interruption*>& all, interruption& one) : all_(all), one_(&one) {
        all_.insert(one_);
    }
    ~registration() { all_.erase(one_); }
    registration(const registration&) = delete;
    registration& operator=(const registration&) = delete;

private:
    std::set<interruption*>& all_;
    interruption* one_;
};

/// Drives a `check_queue`.
class execution {
public:
    execution(check_queue queue, const graph_options& options, deadline by)
        : queue_(std::move(queue)),
          options_(options),
          by_(by),
          group_(queue_.room(), on_failure::cancel_siblings) {}

    asio::awaitable<std::vector<evidence>> run();

private:
    void start_what_is_ready();
    asio::awaitable<void> work_from(std::size_t i);
    asio::awaitable<void> judge(std::size_t i);
    asio::awaitable<evidence> known_or_judged(std::size_t i);
    asio::awaitable<evidence> judged(std::size_t i);
    asio::awaitable<evidence> again(std::size_t i, const evidence& first);
    asio::awaitable<evidence> attempt(std::size_t i);
    asio::awaitable<void> call(std::size_t i, deadline limit, evidence& found);
    void stop_because_of(std::size_t i);
    bool time_is_up() const { return by_ != deadline::never() && by_.expired(); }
    evidence not_judged(std::size_t i, verdict result, std::string detail) const;
    evidence out_of_time(std::size_t i, deadline limit) const;
    evidence overtaken(std::size_t i) const;

    check_queue queue_;
    const graph_options& options_;
    const deadline by_;
    std::set<interruption*> running_;
    std::optional<std::size_t> decisive_;  // the failed check that stopped the others
    task_group group_;
};

void execution::start_what_is_ready() {
    if (decisive_) return;
    while (const auto i = queue_.next()) group_.add([this, i = *i] { return work_from(i); });
}

/// Goes on with the next check, as long as there is one for it, for a worker of its own costs more
/// than a small check.
asio::awaitable<void> execution::work_from(std::size_t i) {
    for (std::optional<std::size_t> mine = i; mine;) {
        co_await judge(*mine);
        mine = decisive_ || group_.stopped() ? std::nullopt : queue_.next();
        start_what_is_ready();
    }
}

evidence execution::not_judged(std::size_t i, verdict result, std::string detail) const {
    return blank_evidence(queue_.traits(i), queue_.input(), result, std::move(detail));
}

evidence execution::out_of_time(std::size_t i, deadline limit) const {
    return not_judged(
        i,
        verdict::infra_error,
        limit == by_ ? "timed out: the time for all checks was up"
                     : "timed out after " + in_seconds(options_.check_timeout)
    );
}

evidence execution::overtaken(std::size_t i) const {
    return not_judged(
        i, verdict::skipped, "cancelled, because " + queue_.traits(*decisive_).id + " failed"
    );
}

asio::awaitable<void> execution::call(std::size_t i, deadline limit, evidence& found) {
    found = co_await queue_.at(i).run(queue_.input(), limit);
    found.check = queue_.traits(i).id;
    found.layer = queue_.traits(i).layer;
    found.author = queue_.traits(i).author;
    if (found.inputs.empty()) found.inputs = queue_.input().tree;
    if (found.result == verdict::pass && found.grade == evidence_grade::none) {
        found.result = verdict::indeterminate;
        found.detail = "said pass without evidence: " + found.detail;
    }
}

/// Runs a check so that a decisive failure elsewhere can interrupt it while the reports about it go
/// on undisturbed.
asio::awaitable<evidence> execution::attempt(std::size_t i) {
    if (decisive_) co_return overtaken(i);
    if (time_is_up()) co_return out_of_time(i, by_);
    const auto begin = deadline::clock::now();
    const deadline limit = min(by_, deadline::in(options_.check_timeout));
    evidence found;
    bool in_time = false;
    std::exception_ptr failure;
    interruption alone;
    const registration here(running_, alone);
    try {
        const deadline cut = with_patience(limit, options_.check_timeout);
        in_time = co_await with_deadline(call(i, limit, found), cut, alone);
    } catch (...) {
        failure = std::current_exception();
    }
    const auto all = co_await asio::this_coro::cancellation_state;
    if (all.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);

    if (!in_time) {
        if (decisive_)
            found = overtaken(i);
        else if (failure)
            found = not_judged(i, verdict::infra_error, "crashed: " + message_of(failure));
        else
            found = out_of_time(i, limit);
    }
    if (found.duration == milliseconds(0))
        found.duration = std::chrono::duration_cast<milliseconds>(deadline::clock::now() - begin);
    co_return found;
}

/// Reports the first attempt and makes a second one.
asio::awaitable<evidence> execution::again(std::size_t i, const evidence& first) {
    if (options_.on_ended) co_await options_.on_ended(first);
    if (options_.on_started) co_await options_.on_started(queue_.traits(i));
    co_return co_await attempt(i);
}

asio::awaitable<evidence> execution::judged(std::size_t i) {
    evidence found = co_await attempt(i);
    if (decisive_ || time_is_up()) co_return found;
    if (found.result == verdict::infra_error) {
        evidence second = co_await again(i, found);
        second.detail += " (second attempt; the first: " + found.detail + ")";
        co_return second;
    }
    if (options_.confirm_failures && may_be_flaky(queue_.traits(i), found)) {
        evidence second = co_await again(i, found);
        co_return confirmed(std::move(found), std::move(second));
    }
    co_return found;
}

/// What the check has found on this tree before, or finds now.
asio::awaitable<evidence> execution::known_or_judged(std::size_t i) {
    if (options_.cache != nullptr)
        if (auto known = options_.cache->find(queue_.traits(i), queue_.input())) {
            known->detail += " (found on the same tree before)";
            known->duration = milliseconds(0);
            co_return std::move(*known);
        }
    evidence found = co_await judged(i);
    if (options_.history != nullptr) options_.history->add(queue_.traits(i), found);
    if (options_.cache != nullptr &&
        !options_.cache->add(queue_.traits(i), queue_.input(), found)) {
        found.result = verdict::indeterminate;
        found.grade = evidence_grade::none;
        found.detail = "flaky: on the same tree it found something else before: " + found.detail;
    }
    co_return found;
}

asio::awaitable<void> execution::judge(std::size_t i) {
    if (decisive_) co_return queue_.give_back(i);
    if (options_.on_started) co_await options_.on_started(queue_.traits(i));
    const bool remembers = options_.cache != nullptr || options_.history != nullptr;
    evidence found = remembers ? co_await known_or_judged(i) : co_await judged(i);
    if (found.result == verdict::fail) stop_because_of(i);
    if (options_.on_ended) co_await options_.on_ended(found);
    queue_.ended(i, std::move(found));
}

void execution::stop_because_of(std::size_t i) {
    if (decisive_ || options_.mode != graph_mode::stop_at_failure) return;
    decisive_ = i;
    const std::vector<interruption*> others(running_.begin(), running_.end());
    for (interruption* other : others)
        if (running_.contains(other)) other->interrupt();  // which may end others at once
}

asio::awaitable<std::vector<evidence>> execution::run() {
    start_what_is_ready();
    const auto failures = co_await group_.run();
    if (!failures.empty()) std::rethrow_exception(failures.front());
    for (const std::size_t i : queue_.settle_rest(decisive_))
        if (options_.on_ended) co_await options_.on_ended(queue_.found(i));
    co_return std::move(queue_).all();
}

}  // namespace

asio::awaitable<std::vector<evidence>> run_checks(
    std::vector<std::shared_ptr<check>> checks,
    check_input input,
    graph_options options,
    deadline by
) {
    check_queue queue(
        std::move(checks),
        std::move(input),
        {options.cpu_width, options.io_width, options.model_width},
        options.mode == graph_mode::collect_all,
        options.history
    );
    execution graph(std::move(queue), options, by);
    co_return co_await graph.run();
}

}  // namespace riva::verify
