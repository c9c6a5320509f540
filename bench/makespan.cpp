#include "makespan.hpp"

#include <riva/runtime/virtual_clock.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace riva::bench {
namespace {

using milliseconds = std::chrono::milliseconds;
using verify::resource;

/// Waits on a clock that is not the real one.
class timed_check final : public verify::check {
public:
    timed_check(const simulated_check& what, clock& time) : what_(what), time_(time) {}

    const verify::check_traits& traits() const override { return what_.traits; }

    asio::awaitable<evidence> run(const verify::check_input&, deadline) override {
        co_await time_.sleep_until(time_.now() + what_.span);
        evidence found;
        found.result = verdict::pass;
        found.grade = evidence_grade::executed;
        found.duration = what_.span;
        co_return found;
    }

private:
    const simulated_check& what_;
    clock& time_;
};

/// From 1 ms to 1 s, all magnitudes alike; declared up to twice too short or too long.
simulated_check random_check(std::size_t number, std::mt19937_64& random) {
    std::uniform_real_distribution<double> magnitude(0, 3);
    std::uniform_real_distribution<double> error(-1, 1);
    std::uniform_real_distribution<double> likely(0.01, 0.5);
    simulated_check made;
    const double span = std::pow(10, magnitude(random));
    made.span = milliseconds(std::llround(span));
    made.traits.id = "check " + std::to_string(number);
    made.traits.cost = milliseconds(std::llround(span * std::exp2(error(random))));
    made.traits.likely_to_fail = likely(random);
    return made;
}

void need(simulated_graph& graph, std::size_t check, std::size_t other) {
    auto& needs = graph.checks[check].needs;
    if (std::find(needs.begin(), needs.end(), other) != needs.end()) return;
    needs.push_back(other);
    graph.checks[check].traits.needs.push_back(graph.checks[other].traits.id);
}

void connect_any(simulated_graph& graph, std::mt19937_64& random) {
    for (std::size_t i = 1; i < graph.checks.size(); ++i)
        for (std::size_t n = random() % 4; n > 0; --n) need(graph, i, random() % i);
}

void connect_layers(simulated_graph& graph, std::mt19937_64& random) {
    const std::size_t layer = std::max<std::size_t>(graph.checks.size() / 20, 1);
    for (std::size_t i = layer; i < graph.checks.size(); ++i)
        for (int n = 0; n < 2; ++n) need(graph, i, (i / layer - 1) * layer + random() % layer);
}

/// The last checks become one chain, up to half of what the others take together.
void connect_chain(simulated_graph& graph, std::size_t width) {
    milliseconds all{0};
    for (const auto& one : graph.checks) all += one.span;
    milliseconds chain{0};
    for (std::size_t i = graph.checks.size() - 1; i > 0; --i) {
        chain += graph.checks[i].span;
        if (2 * chain * width > all) return;
        need(graph, i, i - 1);
    }
}

std::size_t width_of(const simulated_graph& graph, resource what) {
    switch (what) {
        case resource::cpu: return graph.options.cpu_width;
        case resource::io: return graph.options.io_width;
        case resource::model: return graph.options.model_width;
    }
    return 1;
}

double critical_path(const simulated_graph& graph) {
    std::vector<milliseconds> ends(graph.checks.size());
    for (std::size_t i = 0; i < ends.size(); ++i) {
        for (const std::size_t other : graph.checks[i].needs)
            ends[i] = std::max(ends[i], ends[other]);
        ends[i] += graph.checks[i].span;
    }
    return static_cast<double>(std::ranges::max(ends).count());
}

/// Milliseconds that each resource is busy at least.
std::array<double, 3> busy_times(const simulated_graph& graph) {
    std::array<double, 3> busy{};
    for (const auto& one : graph.checks)
        busy[static_cast<std::size_t>(one.traits.resource)] +=
            static_cast<double>(one.span.count()) /
            static_cast<double>(width_of(graph, one.traits.resource));
    return busy;
}

}  // namespace

std::string_view to_string(graph_shape shape) {
    switch (shape) {
        case graph_shape::independent: return "independent";
        case graph_shape::any_earlier: return "any earlier";
        case graph_shape::layers: return "layers";
        case graph_shape::long_chain: return "long chain";
        case graph_shape::mixed: return "mixed";
    }
    return "independent";
}

simulated_graph random_graph(
    graph_shape shape, std::size_t checks, std::size_t width, std::mt19937_64& random
) {
    simulated_graph made;
    made.options.mode = verify::graph_mode::collect_all;
    made.options.cpu_width = made.options.io_width = made.options.model_width = width;
    made.checks.reserve(checks);
    for (std::size_t i = 0; i < checks; ++i) {
        made.checks.push_back(random_check(i, random));
        if (shape == graph_shape::mixed)
            made.checks.back().traits.resource = static_cast<resource>(random() % 3);
    }
    if (shape == graph_shape::any_earlier || shape == graph_shape::mixed) connect_any(made, random);
    if (shape == graph_shape::layers) connect_layers(made, random);
    if (shape == graph_shape::long_chain) connect_chain(made, width);
    return made;
}

double least_makespan(const simulated_graph& graph) {
    return std::max(critical_path(graph), std::ranges::max(busy_times(graph)));
}

double most_makespan(const simulated_graph& graph) {
    double most = critical_path(graph);
    for (const double busy : busy_times(graph)) most += busy;
    return most;
}

double simulate(const simulated_graph& graph) {
    asio::io_context io(1);
    virtual_clock time;
    std::vector<std::shared_ptr<verify::check>> checks;
    checks.reserve(graph.checks.size());
    for (const auto& one : graph.checks) checks.push_back(std::make_shared<timed_check>(one, time));
    const auto begin = time.now();
    auto end = begin;
    std::exception_ptr failure;
    asio::co_spawn(
        io,
        verify::run_checks(std::move(checks), {}, graph.options, deadline::never()),
        [&](std::exception_ptr e, const std::vector<evidence>&) {
            failure = e;
            end = time.now();
        }
    );
    time.run(io);
    if (failure) std::rethrow_exception(failure);
    return std::chrono::duration<double, std::milli>(end - begin).count();
}

}  // namespace riva::bench
