#include "metrics_text.hpp"

#include "metrics_cells.hpp"
#include "table.hpp"

#include <cmath>
#include <cstdio>

namespace riva::cli {
namespace {

using agents::decision_figures;
using agents::run_metrics;

/// The figure of that name.
class means {
public:
    explicit means(std::span<const run_metrics> runs) : all_(agents::average(runs)) {}

    std::optional<double> find(std::string_view name) const {
        for (const auto& each : all_)
            if (each.name == name) return each.value;
        return std::nullopt;
    }
    double operator[](std::string_view name) const { return find(name).value_or(0); }

    std::string share(std::string_view name) const {
        const auto value = find(name);
        return value ? format("%.0f %%", *value * 100) : "-";
    }

private:
    std::vector<agents::figure> all_;
};

std::string part(double of, double whole) {
    return whole > 0 ? format("%.0f %%", of / whole * 100) : "-";
}

void print_means(std::span<const run_metrics> runs) {
    const means m(runs);
    const run_metrics all = sum_of(runs);
    const decision_figures decided = all.work.all_decisions();
    std::printf(
        "\nAverage of %zu run(s): %s verified, %s right at the first attempt, %s at the first "
        "try\n",
        runs.size(),
        m.share("verified").c_str(),
        m.share("first_attempt").c_str(),
        m.share("first_try").c_str()
    );
    std::printf(
        "  %.1f calls, %.0f tokens, %s; %.1f cycles with %.1f retries, %.1f splits, depth %.1f\n",
        m["calls"],
        m["tokens"],
        dollars(m["micro_usd"]).c_str(),
        m["cycles"],
        m["retries"],
        m["decompositions"],
        m["depth"]
    );
    std::printf(
        "  %s: models %s (%s), checks %s (%s), actions %s (%s)\n",
        seconds(m["total_ms"]).c_str(),
        seconds(m["model_ms"]).c_str(),
        part(m["model_ms"], m["total_ms"]).c_str(),
        seconds(m["verification_ms"]).c_str(),
        part(m["verification_ms"], m["total_ms"]).c_str(),
        seconds(m["execution_ms"]).c_str(),
        part(m["execution_ms"], m["total_ms"]).c_str()
    );
    std::printf(
        "Without need, in all: %lld of %lld splits (of simple tasks), %lld of %lld verifications "
        "(of "
        "low risk, and passed)\n",
        static_cast<long long>(all.work.skippable_decompositions),
        static_cast<long long>(all.work.decompositions),
        static_cast<long long>(decided.skippable),
        static_cast<long long>(decided.verified)
    );
}

std::string shown(const std::string& name, std::optional<double> value) {
    if (!value) return "-";
    if (name.ends_with("_ms")) return seconds(*value);
    if (name == "micro_usd") return dollars(*value);
    return std::abs(*value - std::round(*value)) < 1e-9 ? format("%.0f", *value)
                                                        : format("%.2f", *value);
}

}  // namespace

void print_runs(std::span<const run_metrics> runs) {
    table rows(run_heads(), 2);
    for (const auto& run : runs) rows.add(row_of(run, run.run));
    auto total = row_of(sum_of(runs), "total");
    total[1] = count(static_cast<std::int64_t>(runs.size())) + " run(s)";
    rows.add(std::move(total));
    rows.print();
    print_means(runs);
}

void print_groups(const std::string& key, const run_groups& groups) {
    table rows(
        {key,
         "runs",
         "verified",
         "1st attempt",
         "1st try",
         "time",
         "calls",
         "tokens",
         "cost",
         "retries",
         "depth",
         "skipped",
         "escaped"}
    );
    for (const auto& [name, runs] : groups) {
        const means m(runs);
        rows.add(
            {name,
             std::to_string(runs.size()),
             m.share("verified"),
             m.share("first_attempt"),
             m.share("first_try"),
             seconds(m["total_ms"]),
             format("%.1f", m["calls"]),
             format("%.0f", m["tokens"]),
             dollars(m["micro_usd"]),
             format("%.1f", m["retries"]),
             format("%.1f", m["depth"]),
             format("%.1f", m["skipped"]),
             format("%.1f", m["escaped"])}
        );
    }
    rows.print();
}

void print_models(std::span<const run_metrics> runs) {
    table rows({"model", "runs", "calls", "input", "output", "cost", "time", "per call"});
    for (const auto& [model, f] : by_model(runs)) {
        const auto calls = static_cast<double>(std::max<std::int64_t>(f.calls.calls, 1));
        rows.add(
            {model,
             count(f.runs),
             count(f.calls.calls),
             count(f.calls.input_tokens),
             count(f.calls.output_tokens),
             cost(f.calls),
             seconds(f.calls.duration),
             seconds(static_cast<double>(f.calls.duration.count()) / calls)}
        );
    }
    rows.print();
}

void print_comparison(const comparison& c) {
    const auto a = agents::average(c.a), b = agents::average(c.b);
    table rows({"", c.a_name, c.b_name, "difference"});
    rows.add({"runs", std::to_string(c.a.size()), std::to_string(c.b.size()), ""});
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto more = difference(a[i].value, b[i].value);
        rows.add(
            {a[i].name,
             shown(a[i].name, a[i].value),
             shown(b[i].name, b[i].value),
             more ? format("%+.0f %%", *more) : ""}
        );
    }
    rows.print();
}

}  // namespace riva::cli
