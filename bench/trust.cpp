#include "trust.hpp"

#include "processor_time.hpp"

#include <riva/verify/trust_budget.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <vector>

namespace riva::bench {
namespace {

namespace json = boost::json;
using verify::trust_action;
using verify::trust_mode;
using verify::trust_settings;

/// The actions and their outcomes, made before anything is measured.
struct script {
    struct step {
        std::size_t action;
        bool wrong;
        std::uint64_t draw;
    };

    std::vector<trust_action> actions;
    std::vector<step> steps;
};

script make_script(const trust_plan& plan) {
    script made;
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < plan.patterns; ++i)
        made.actions.push_back({verify::risk_level::low, "edit .py " + std::to_string(random())});
    made.steps.reserve(plan.decisions);
    for (std::size_t i = 0; i < plan.decisions; ++i)
        made.steps.push_back(
            {random() % plan.patterns, random() % 1000 < plan.wrong_per_1000, random()}
        );
    return made;
}

/// Nanoseconds for each decision.
double decide_all(const script& todo, trust_mode mode, trust_figures& figures) {
    trust_settings settings;
    settings.mode = mode;
    verify::trust_state state;
    verify::trust_decision last;
    const double start = processor_ns();
    for (const auto& [action, wrong, draw] : todo.steps) {
        last = verify::decide(settings, state, todo.actions[action], draw);
        if (last.verified()) {
            ++figures.verified;
            report(settings, state, last.ticket, wrong ? verdict::fail : verdict::pass);
        } else {
            figures.escaped += wrong ? 1 : 0;
        }
    }
    const double took = processor_ns() - start;
    figures.audited = static_cast<std::size_t>(last.audited);
    figures.bound = last.bound;
    return took / static_cast<double>(todo.steps.size());
}

asio::awaitable<void> decide_all(const script& todo, verify::trust_budget& budget) {
    for (const auto& [action, wrong, draw] : todo.steps) {
        const auto made = co_await budget.decide(todo.actions[action]);
        if (made.verified()) co_await budget.report(made, wrong ? verdict::fail : verdict::pass);
    }
}

double await_all(const script& todo) {
    asio::io_context io(1);
    verify::trust_in_memory store;
    auto step = todo.steps.begin();
    verify::trust_budget budget(io.get_executor(), store, {}, [&step] { return step++->draw; });
    std::exception_ptr failure;
    const double start = processor_ns();
    asio::co_spawn(io, decide_all(todo, budget), [&failure](std::exception_ptr e) { failure = e; });
    io.run();
    const double took = processor_ns() - start;
    if (failure) std::rethrow_exception(failure);
    return took / static_cast<double>(todo.steps.size());
}

}  // namespace

trust_figures measure_trust(const trust_plan& plan) {
    const script todo = make_script(plan);
    trust_figures figures;
    trust_figures unused;
    figures.certified_ns = decide_all(todo, trust_mode::certified, figures);
    figures.heuristic_ns = decide_all(todo, trust_mode::heuristic, unused);
    figures.awaited_ns = await_all(todo);
    return figures;
}

std::string to_table(const trust_plan& plan, const trust_figures& figures) {
    std::array<char, 512> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "decisions %zu  patterns %zu  wrong %zu of 1000\n"
        "certified %.0f ns per decision with its report\n"
        "heuristic %.0f ns\n"
        "awaited   %.0f ns (certified, on a strand)\n"
        "verified  %.1f %%, of which audits %zu; escaped %zu, at most %.0f by the certificate\n",
        plan.decisions,
        plan.patterns,
        plan.wrong_per_1000,
        figures.certified_ns,
        figures.heuristic_ns,
        figures.awaited_ns,
        100 * static_cast<double>(figures.verified) / static_cast<double>(plan.decisions),
        figures.audited,
        figures.escaped,
        figures.bound
    );
    return text.data();
}

std::string to_json(const trust_plan& plan, const trust_figures& figures) {
    const json::object line{
        {"decisions", plan.decisions},
        {"patterns", plan.patterns},
        {"wrong_per_1000", plan.wrong_per_1000},
        {"certified_ns", figures.certified_ns},
        {"heuristic_ns", figures.heuristic_ns},
        {"awaited_ns", figures.awaited_ns},
        {"verified", figures.verified},
        {"audited", figures.audited},
        {"escaped", figures.escaped},
        {"bound", figures.bound},
    };
    return json::serialize(line) + "\n";
}

}  // namespace riva::bench
