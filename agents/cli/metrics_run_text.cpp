#include "metrics_cells.hpp"
#include "metrics_text.hpp"
#include "table.hpp"
#include "terminal_text.hpp"

#include <cstdio>

namespace riva::cli {
namespace {

using agents::call_figures;
using agents::decision_figures;
using agents::run_metrics;

void print_decisions(const agents::work_figures& work) {
    table decisions(
        {"risk",
         "verified",
         "deferred",
         "batched",
         "failed",
         "audited",
         "caught",
         "skipped",
         "escaped",
         "skippable"}
    );
    for (const auto& [risk, d] : work.decisions)
        decisions.add(
            {risk,
             count(d.verified),
             count(d.deferred),
             count(d.batched),
             count(d.failed),
             count(d.audited),
             count(d.caught),
             count(d.skipped),
             count(d.escaped),
             count(d.skippable)}
        );
    decisions.print();
}

void print_calls(const agents::work_figures& work) {
    table calls({"model", "tier", "purpose", "calls", "input", "output", "cost", "time"}, 3);
    for (const auto& [kind, c] : work.calls)
        calls.add(
            {kind.model.empty() ? "unknown" : kind.model,
             kind.tier,
             kind.purpose.empty() ? "unknown" : kind.purpose,
             count(c.calls),
             count(c.input_tokens),
             count(c.output_tokens),
             cost(c),
             seconds(c.duration)}
        );
    calls.print();
}

void print_checks(const agents::work_figures& work) {
    table checks({"layer", "checks", "failed", "infra errors"});
    for (const auto& [layer, c] : work.checks)
        checks.add({layer, count(c.performed), count(c.failed), count(c.infra_errors)});
    checks.print();
}

void print_intentions(const run_metrics& run) {
    table rows(
        {"intention",
         "status",
         "evidence",
         "complexity",
         "calls",
         "tokens",
         "model",
         "checks",
         "cycles",
         "retries",
         "verified",
         "skipped"},
        3
    );
    for (const auto& one : run.intentions) {
        const call_figures calls = one.work.all_calls();
        const decision_figures decided = one.work.all_decisions();
        rows.add(
            {one.intention,
             std::string(to_string(one.status)),
             std::string(to_string(one.grade)),
             one.complexity ? format("%.2f", *one.complexity) : "-",
             count(calls.calls),
             count(calls.input_tokens + calls.output_tokens),
             seconds(calls.duration),
             seconds(one.work.verification),
             count(one.work.cycles),
             count(one.work.retries),
             count(decided.verified),
             count(decided.skipped)}
        );
    }
    rows.print();
}

}  // namespace

void print_run(const run_metrics& run) {
    std::printf("%s\n", first_line(run.task).c_str());
    table row(run_heads(), 2);
    row.add(row_of(run, run.run));
    row.print();
    std::printf(
        "\nevidence %s, quality %s (%s), %d pass(es), actions %s, strategies %s\n\n",
        std::string(to_string(run.grade)).c_str(),
        run.quality.empty() ? "-" : printable(run.quality).c_str(),
        run.quality_tier.c_str(),
        run.passes,
        seconds(run.work.execution).c_str(),
        agents::strategies_of(run).c_str()
    );
    print_intentions(run);
    std::printf("\n");
    print_calls(run.work);
    std::printf("\n");
    print_decisions(run.work);
    std::printf("\n");
    print_checks(run.work);
}

void print_risks(std::span<const run_metrics> runs) {
    print_decisions(sum_of(runs).work);
}

}  // namespace riva::cli
