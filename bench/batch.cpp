#include "batch.hpp"

#include <riva/verify/batch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <exception>
#include <random>
#include <utility>

namespace riva::bench {
namespace {

namespace json = boost::json;
using verify::batch_finding;

constexpr std::array rates{0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3};

asio::awaitable<void> verify_all(
    const std::vector<std::vector<bool>>& batches, batch_figures::row& row
) {
    std::size_t tests = 0;
    std::size_t items = 0;
    for (const auto& wrong : batches) {
        // The object lives until all of its coroutines have ended.
        // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
        const auto test = [&wrong](std::vector<std::size_t> some) -> asio::awaitable<verdict> {
            const bool fails = std::ranges::any_of(some, [&](std::size_t i) { return wrong[i]; });
            co_return fails ? verdict::fail : verdict::pass;
        };
        const auto found = co_await verify::verify_batch(wrong.size(), test);
        tests += found.tests;
        items += wrong.size();
        for (std::size_t i = 0; i < wrong.size(); ++i) {
            const auto right = wrong[i] ? batch_finding::culprit : batch_finding::passed;
            row.misjudged += found.items[i] == right ? 0 : 1;
        }
    }
    row.tests = static_cast<double>(tests) / static_cast<double>(items);
}

batch_figures::row measure_rate(double rate, const batch_plan& plan) {
    batch_figures::row row;
    row.rate = rate;
    row.size = verify::best_batch_size(rate, plan.most);
    const auto size = static_cast<double>(row.size);
    row.dorfman = row.size > 1 ? 1 / size + 1 - std::pow(1 - rate, size) : 1;

    std::mt19937_64 random(plan.seed);
    std::bernoulli_distribution fails(rate);
    std::vector<std::vector<bool>> batches(plan.items / row.size + 1);
    for (auto& batch : batches)
        for (std::size_t i = 0; i < row.size; ++i) batch.push_back(fails(random));

    asio::io_context io(1);
    std::exception_ptr failure;
    asio::co_spawn(io, verify_all(batches, row), [&](std::exception_ptr e) { failure = e; });
    io.run();
    if (failure) std::rethrow_exception(failure);
    return row;
}

}  // namespace

batch_figures measure_batch(const batch_plan& plan) {
    batch_figures figures;
    for (const double rate : rates) figures.rows.push_back(measure_rate(rate, plan));
    return figures;
}

std::string to_table(const batch_plan& plan, const batch_figures& figures) {
    std::array<char, 160> row{};
    const auto print = [&row](const char* format, auto... values) {
        std::snprintf(row.data(), row.size(), format, values...);
        return std::string(row.data());
    };
    std::string table = print(
        "%zu items a row, at most %zu in a batch  seed %llu\n"
        "tests for each item; one test each takes 1\n\n"
        "rate of failures  batch   riva  Dorfman  misjudged\n",
        plan.items,
        plan.most,
        static_cast<unsigned long long>(plan.seed)
    );
    for (const auto& r : figures.rows)
        table += print(
            "%16.3f  %5zu  %5.3f    %5.3f  %9zu\n", r.rate, r.size, r.tests, r.dorfman, r.misjudged
        );
    return table;
}

std::string to_json(const batch_plan& plan, const batch_figures& figures) {
    json::array rows;
    for (const auto& r : figures.rows)
        rows.push_back(json::object{
            {"rate", r.rate},
            {"size", r.size},
            {"tests", r.tests},
            {"dorfman", r.dorfman},
            {"misjudged", r.misjudged}
        });
    const json::object line{
        {"most", plan.most},
        {"items", plan.items},
        {"seed", plan.seed},
        {"rows", std::move(rows)},
    };
    return json::serialize(line) + "\n";
}

}  // namespace riva::bench
