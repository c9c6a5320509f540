#include "metrics_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>

namespace riva::cli {
namespace {

namespace json = boost::json;

void print(const json::object& line) {
    std::printf("%s\n", json::serialize(line).c_str());
}

json::value number(std::optional<double> value) {
    if (!value) return nullptr;
    // Counts are written as such.
    const auto whole = static_cast<std::int64_t>(*value);
    if (static_cast<double>(whole) == *value) return whole;
    return *value;
}

json::object to_json(const std::vector<agents::figure>& figures) {
    json::object all;
    for (const auto& each : figures) all[each.name] = number(each.value);
    return all;
}

json::object to_json(const agents::call_figures& c) {
    return {
        {"calls", c.calls},
        {"input_tokens", c.input_tokens},
        {"output_tokens", c.output_tokens},
        {"micro_usd", c.micro_usd},
        {"unpriced_calls", c.unpriced_calls},
        {"duration_ms", c.duration.count()}
    };
}

json::object to_json(const agents::decision_figures& d) {
    return {
        {"verified", d.verified},
        {"deferred", d.deferred},
        {"audited", d.audited},
        {"batched", d.batched},
        {"failed", d.failed},
        {"caught", d.caught},
        {"skippable", d.skippable},
        {"skipped", d.skipped},
        {"escaped", d.escaped}
    };
}

json::object to_json(const agents::work_figures& w) {
    json::array calls;
    for (const auto& [kind, figures] : w.calls) {
        json::object one{{"tier", kind.tier}, {"model", kind.model}, {"purpose", kind.purpose}};
        for (const auto& member : to_json(figures)) one[member.key()] = member.value();
        calls.push_back(std::move(one));
    }
    json::object risks, layers;
    for (const auto& [risk, figures] : w.decisions) risks[risk] = to_json(figures);
    for (const auto& [layer, figures] : w.checks)
        layers[layer] = json::object{
            {"performed", figures.performed},
            {"failed", figures.failed},
            {"infra_errors", figures.infra_errors}
        };
    json::object all{
        {"verification_ms", w.verification.count()},
        {"execution_ms", w.execution.count()},
        {"cycles", w.cycles},
        {"retries", w.retries},
        {"decompositions", w.decompositions},
        {"skippable_decompositions", w.skippable_decompositions}
    };
    all["calls"] = std::move(calls);
    all["risks"] = std::move(risks);
    all["layers"] = std::move(layers);
    return all;
}

json::object to_json(const agents::intention_metrics& one) {
    return {
        {"intention", one.intention},
        {"what", one.what},
        {"depth", one.depth},
        {"attempts", one.attempts},
        {"status", to_string(one.status)},
        {"grade", to_string(one.grade)},
        {"complexity", number(one.complexity)},
        {"work", to_json(one.work)}
    };
}

}  // namespace

void print_run_json(const agents::run_metrics& run) {
    json::object line{
        {"run", run.run},
        {"started_ms", run.started.time_since_epoch().count()},
        {"task", run.task},
        {"repository", run.repository},
        {"agent", run.agent},
        {"strategies", agents::strategies_of(run)},
        {"outcome", run.outcome},
        {"grade", to_string(run.grade)},
        {"quality", run.quality},
        {"quality_tier", run.quality_tier},
        {"passes", run.passes}
    };
    line["figures"] = to_json(figures_of(run));
    line["work"] = to_json(run.work);
    json::array intentions;
    for (const auto& one : run.intentions) intentions.push_back(to_json(one));
    line["intentions"] = std::move(intentions);
    print(line);
}

void print_average_json(
    const std::string& what, const std::string& name, std::span<const agents::run_metrics> runs
) {
    json::object line{{what, name}, {"runs", runs.size()}};
    line["average"] = to_json(agents::average(runs));
    print(line);
}

void print_models_json(std::span<const agents::run_metrics> runs) {
    for (const auto& [model, figures] : by_model(runs)) {
        json::object line{{"model", model}, {"runs", figures.runs}};
        for (const auto& member : to_json(figures.calls)) line[member.key()] = member.value();
        print(line);
    }
}

void print_risks_json(std::span<const agents::run_metrics> runs) {
    agents::work_figures all;
    for (const auto& run : runs) all += run.work;
    for (const auto& [risk, figures] : all.decisions) {
        json::object line{{"risk", risk}, {"runs", runs.size()}};
        for (const auto& member : to_json(figures)) line[member.key()] = member.value();
        print(line);
    }
}

void print_comparison_json(const comparison& c) {
    const auto a = agents::average(c.a), b = agents::average(c.b);
    json::object line{
        {"a", c.a_name}, {"b", c.b_name}, {"a_runs", c.a.size()}, {"b_runs", c.b.size()}
    };
    json::array figures;
    for (std::size_t i = 0; i < a.size(); ++i)
        figures.push_back(json::object{
            {"name", a[i].name},
            {"a", number(a[i].value)},
            {"b", number(b[i].value)},
            {"difference_percent", number(difference(a[i].value, b[i].value))}
        });
    line["figures"] = std::move(figures);
    print(line);
}

}  // namespace riva::cli
