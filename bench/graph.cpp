#include "graph.hpp"

#include "makespan.hpp"
#include "median.hpp"
#include "processor_time.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

namespace riva::bench {
namespace {

namespace json = boost::json;
using check_list = std::vector<std::shared_ptr<verify::check>>;

class trivial_check final : public verify::check {
public:
    explicit trivial_check(verify::check_traits traits) : traits_(std::move(traits)) {}

    const verify::check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const verify::check_input&, deadline) override {
        co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
        evidence found;
        found.result = verdict::pass;
        found.grade = evidence_grade::executed;
        co_return found;
    }

private:
    verify::check_traits traits_;
};

check_list trivial_checks(graph_shape shape, const graph_plan& plan) {
    std::mt19937_64 random(plan.seed);
    check_list made;
    made.reserve(plan.checks);
    for (auto& one : random_graph(shape, plan.checks, plan.width, random).checks)
        made.push_back(std::make_shared<trivial_check>(std::move(one.traits)));
    return made;
}

/// Nanoseconds for each check, from the call to its answer.
double run_trivial(check_list checks, const graph_plan& plan) {
    asio::io_context io(1);
    verify::graph_options options;
    options.cpu_width = options.io_width = options.model_width = plan.width;
    std::exception_ptr failure;
    bool passed = false;
    const double start = processor_ns();
    asio::co_spawn(
        io,
        verify::run_checks(std::move(checks), {}, options, deadline::never()),
        [&](std::exception_ptr e, const std::vector<evidence>& all) {
            failure = e;
            passed = std::ranges::all_of(all, [](const evidence& found) {
                return found.result == verdict::pass;
            });
        }
    );
    io.run();
    const double took = processor_ns() - start;
    if (failure) std::rethrow_exception(failure);
    if (!passed) throw std::logic_error("a trivial check did not pass");
    return took / static_cast<double>(plan.checks);
}

/// One handler posts the next, as the cheapest scheduler could.
double post_all(const graph_plan& plan) {
    asio::io_context io(1);
    std::vector<verdict> results(plan.checks, verdict::indeterminate);
    std::size_t next = 0;
    const std::function<void()> step = [&] {
        if (next == results.size()) return;
        results[next++] = verdict::pass;
        asio::post(io, step);
    };
    const double start = processor_ns();
    for (std::size_t i = 0; i < plan.width; ++i) asio::post(io, step);
    io.run();
    return (processor_ns() - start) / static_cast<double>(plan.checks);
}

graph_figures::cost measure_cost(graph_shape shape, const graph_plan& plan) {
    const check_list checks = trivial_checks(shape, plan);
    std::vector<double> took(plan.passes);
    for (double& each : took) each = run_trivial(checks, plan);
    return {to_string(shape), median(std::move(took))};
}

graph_figures::makespan measure_makespan(graph_shape shape, const graph_plan& plan) {
    std::mt19937_64 random(plan.seed);
    graph_figures::makespan found{to_string(shape)};
    std::vector<double> ratios(plan.graphs);
    for (double& ratio : ratios) {
        const simulated_graph graph = random_graph(shape, 1000, plan.width, random);
        const double least = least_makespan(graph);
        ratio = simulate(graph) / least;
        found.promised = std::max(found.promised, most_makespan(graph) / least);
    }
    found.worst = std::ranges::max(ratios);
    found.median = median(std::move(ratios));
    return found;
}

}  // namespace

graph_figures measure_graph(const graph_plan& plan) {
    using enum graph_shape;
    graph_figures figures;
    for (const auto shape : {independent, any_earlier, layers})
        figures.costs.push_back(measure_cost(shape, plan));
    std::vector<double> floor(plan.passes);
    for (double& each : floor) each = post_all(plan);
    figures.floor_ns_per_check = median(std::move(floor));
    for (const auto shape : {independent, any_earlier, layers, long_chain, mixed})
        figures.makespans.push_back(measure_makespan(shape, plan));
    return figures;
}

std::string to_table(const graph_plan& plan, const graph_figures& figures) {
    std::array<char, 160> row{};
    const auto print = [&row](const char* format, auto... values) {
        std::snprintf(row.data(), row.size(), format, values...);
        return std::string(row.data());
    };
    std::string table = print(
        "checks %zu  width %zu  median of %zu passes  seed %llu\n",
        plan.checks,
        plan.width,
        plan.passes,
        static_cast<unsigned long long>(plan.seed)
    );
    for (const auto& cost : figures.costs)
        table += print(
            "cpu   %5.0f ns per check (%s)\n", cost.ns_per_check, std::string(cost.shape).c_str()
        );
    table += print("floor %5.0f ns per check (posted handlers)\n", figures.floor_ns_per_check);
    table += print(
        "\n%zu simulated graphs of 1000 checks: makespan / max(critical path, work / width)\n"
        "shape        median   worst  at most\n",
        plan.graphs
    );
    for (const auto& m : figures.makespans)
        table += print(
            "%-12s %6.3f  %6.3f   %6.3f\n",
            std::string(m.shape).c_str(),
            m.median,
            m.worst,
            m.promised
        );
    return table;
}

std::string to_json(const graph_plan& plan, const graph_figures& figures) {
    json::array costs;
    for (const auto& cost : figures.costs)
        costs.push_back(json::object{{"shape", cost.shape}, {"ns_per_check", cost.ns_per_check}});
    json::array makespans;
    for (const auto& m : figures.makespans)
        makespans.push_back(json::object{
            {"shape", m.shape}, {"median", m.median}, {"worst", m.worst}, {"at_most", m.promised}
        });
    const json::object line{
        {"checks", plan.checks},
        {"width", plan.width},
        {"passes", plan.passes},
        {"graphs", plan.graphs},
        {"seed", plan.seed},
        {"floor_ns_per_check", figures.floor_ns_per_check},
        {"costs", std::move(costs)},
        {"makespans", std::move(makespans)},
    };
    return json::serialize(line) + "\n";
}

}  // namespace riva::bench
