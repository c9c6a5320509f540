#include "metrics_cells.hpp"

#include <riva/llm/price.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace riva::cli {

using agents::call_figures;
using agents::decision_figures;
using agents::run_metrics;

namespace {

std::string truth(std::optional<bool> value) {
    if (!value) return "-";
    return *value ? "yes" : "no";
}

}  // namespace

std::string count(std::int64_t number) {
    return std::to_string(number);
}

std::string format(const char* how, double value) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), how, value);
    return text.data();
}

std::string seconds(double ms) {
    return format("%.1f s", ms / 1000);
}

std::string seconds(std::chrono::milliseconds span) {
    return seconds(static_cast<double>(span.count()));
}

std::string dollars(double micro_usd) {
    return format("$%.4f", micro_usd / 1e6);
}

std::string cost(const call_figures& calls) {
    if (calls.calls > 0 && calls.unpriced_calls == calls.calls) return "unknown";
    const std::string known = "$" + llm::format_usd(calls.micro_usd);
    return calls.unpriced_calls > 0 ? "> " + known : known;
}

const std::vector<std::string>& run_heads() {
    static const std::vector<std::string> all{
        "run",
        "outcome",
        "1st attempt",
        "1st try",
        "time",
        "model",
        "checks",
        "calls",
        "tokens",
        "cost",
        "retries",
        "splits",
        "depth",
        "verified",
        "skipped",
        "audited",
        "escaped"
    };
    return all;
}

std::vector<std::string> row_of(const run_metrics& run, const std::string& name) {
    const call_figures calls = run.work.all_calls();
    const decision_figures decided = run.work.all_decisions();
    return {
        name,
        run.outcome.empty() ? "-" : run.outcome,
        truth(run.first_attempt),
        truth(run.first_try),
        seconds(run.total),
        seconds(calls.duration),
        seconds(run.work.verification),
        count(calls.calls),
        count(calls.input_tokens + calls.output_tokens),
        cost(calls),
        count(run.work.retries),
        count(run.work.decompositions),
        count(run.depth),
        count(decided.verified),
        count(decided.skipped),
        count(decided.audited),
        count(decided.escaped)
    };
}

run_metrics sum_of(std::span<const run_metrics> runs) {
    run_metrics all;
    for (const auto& run : runs) {
        all.total += run.total;
        all.depth = std::max(all.depth, run.depth);
        all.work += run.work;
    }
    return all;
}

}  // namespace riva::cli
