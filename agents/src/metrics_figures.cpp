#include <riva/agents/metrics.hpp>
#include <riva/agents/settings.hpp>

#include <algorithm>

namespace riva::agents {
namespace {

template <class Map>
void merge(Map& into, const Map& more) {
    for (const auto& [key, value] : more) into[key] += value;
}

template <class Figures, class Map>
Figures sum_of(const Map& all) {
    Figures sum;
    for (const auto& [key, value] : all) sum += value;
    return sum;
}

std::optional<double> number(std::optional<bool> truth) {
    if (!truth) return std::nullopt;
    return *truth ? 1.0 : 0.0;
}

/// What share of the simple intentions was split all the same; nothing if none was simple.
std::optional<double> simple_share(const run_metrics& run) {
    const auto simple =
        std::ranges::count_if(run.intentions, [](const auto& each) { return each.simple(); });
    if (simple == 0) return std::nullopt;
    const auto split = std::ranges::count_if(run.intentions, [](const auto& each) {
        return each.simple() && each.work.decompositions > 0;
    });
    return static_cast<double>(split) / static_cast<double>(simple);
}

}  // namespace

call_figures& call_figures::operator+=(const call_figures& more) {
    calls += more.calls;
    input_tokens += more.input_tokens;
    output_tokens += more.output_tokens;
    micro_usd += more.micro_usd;
    unpriced_calls += more.unpriced_calls;
    duration += more.duration;
    return *this;
}

decision_figures& decision_figures::operator+=(const decision_figures& more) {
    verified += more.verified;
    deferred += more.deferred;
    audited += more.audited;
    batched += more.batched;
    failed += more.failed;
    caught += more.caught;
    skippable += more.skippable;
    skipped += more.skipped;
    escaped += more.escaped;
    return *this;
}

check_figures& check_figures::operator+=(const check_figures& more) {
    performed += more.performed;
    failed += more.failed;
    infra_errors += more.infra_errors;
    return *this;
}

work_figures& work_figures::operator+=(const work_figures& more) {
    verification += more.verification;
    execution += more.execution;
    merge(calls, more.calls);
    merge(decisions, more.decisions);
    merge(checks, more.checks);
    cycles += more.cycles;
    retries += more.retries;
    decompositions += more.decompositions;
    skippable_decompositions += more.skippable_decompositions;
    canaries += more.canaries;
    canaries_caught += more.canaries_caught;
    return *this;
}

call_figures work_figures::all_calls() const {
    return sum_of<call_figures>(calls);
}

decision_figures work_figures::all_decisions() const {
    return sum_of<decision_figures>(decisions);
}

check_figures work_figures::all_checks() const {
    return sum_of<check_figures>(checks);
}

std::vector<figure> figures_of(const run_metrics& run) {
    const call_figures calls = run.work.all_calls();
    const decision_figures decided = run.work.all_decisions();
    const check_figures checks = run.work.all_checks();
    std::vector<figure> all;
    const auto add = [&](const char* name, auto value) {
        all.push_back({name, static_cast<double>(value)});
    };
    all.push_back(
        {"verified",
         number(run.outcome.empty() ? std::nullopt : std::optional(run.outcome == "verified"))}
    );
    all.push_back({"first_attempt", number(run.first_attempt)});
    all.push_back({"first_try", number(run.first_try)});
    add("total_ms", run.total.count());
    add("model_ms", calls.duration.count());
    add("verification_ms", run.work.verification.count());
    add("execution_ms", run.work.execution.count());
    add("calls", calls.calls);
    add("input_tokens", calls.input_tokens);
    add("output_tokens", calls.output_tokens);
    add("tokens", calls.input_tokens + calls.output_tokens);
    add("micro_usd", calls.micro_usd);
    add("unpriced_calls", calls.unpriced_calls);
    add("intentions", run.intentions.size());
    add("depth", run.depth);
    add("cycles", run.work.cycles);
    add("retries", run.work.retries);
    add("decompositions", run.work.decompositions);
    add("skippable_decompositions", run.work.skippable_decompositions);
    all.push_back({"decomposed_simple", simple_share(run)});
    add("checks", checks.performed);
    add("checks_failed", checks.failed);
    add("infra_errors", checks.infra_errors);
    add("verifications", decided.verified);
    add("deferred", decided.deferred);
    add("batched", decided.batched);
    add("failed", decided.failed);
    add("skipped", decided.skipped);
    add("audited", decided.audited);
    add("caught", decided.caught);
    add("escaped", decided.escaped);
    add("skippable_verifications", decided.skippable);
    add("canaries", run.work.canaries);
    add("canaries_caught", run.work.canaries_caught);
    return all;
}

std::vector<figure> average(std::span<const run_metrics> runs) {
    std::vector<figure> sums = figures_of({});
    std::vector<std::int64_t> known(sums.size(), 0);
    for (auto& each : sums) each.value.reset();
    for (const auto& run : runs) {
        const auto more = figures_of(run);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            if (!more[i].value) continue;
            sums[i].value = sums[i].value.value_or(0) + *more[i].value;
            ++known[i];
        }
    }
    for (std::size_t i = 0; i < sums.size(); ++i)
        if (sums[i].value) *sums[i].value /= static_cast<double>(known[i]);
    return sums;
}

std::string strategies_of(const run_metrics& run) {
    settings baseline, optimized;
    if (!set(baseline, "strategies", "baseline") || !set(optimized, "strategies", "optimized"))
        return "mixed";
    const auto plain = baseline.describe(), full = optimized.describe();
    bool all_plain = true, all_full = true;
    for (const auto& [key, value] : plain) {
        if (full.at(key) == value) continue;  // not a strategy
        const auto own = run.settings.find(key);
        // What a run of an earlier version does not name, it did not have.
        const std::string& did = own == run.settings.end() ? value : own->second;
        all_plain &= did == value;
        all_full &= did == full.at(key);
    }
    if (all_plain) return "baseline";
    return all_full ? "optimized" : "mixed";
}

}  // namespace riva::agents
