#include "metrics_groups.hpp"

#include <filesystem>
#include <set>

namespace riva::cli {
namespace {

/// Nothing if nothing of that name is known about the run.
std::optional<std::string> value_of(const agents::run_metrics& run, const std::string& key) {
    if (key == "agent") return run.agent;
    if (key == "outcome") return run.outcome.empty() ? "none" : run.outcome;
    if (key == "repository") return run.repository;
    if (key == "strategies") return agents::strategies_of(run);
    const auto found = run.settings.find(key);
    if (found == run.settings.end()) return std::nullopt;
    return found->second;
}

}  // namespace

bool run_filter::matches(const agents::run_metrics& run) const {
    const auto known = value_of(run, key);
    if (!known) return false;
    if (key != "repository") return *known == value;
    std::error_code failed;
    return *known == std::filesystem::weakly_canonical(value, failed).string();
}

std::optional<run_filter> parse_filter(std::string_view text) {
    const auto sign = text.find('=');
    if (sign == std::string_view::npos || sign == 0) return std::nullopt;
    return run_filter{std::string(text.substr(0, sign)), std::string(text.substr(sign + 1))};
}

run_groups group_by(std::span<const agents::run_metrics> runs, const std::string& key) {
    run_groups groups;
    for (const auto& run : runs) groups[value_of(run, key).value_or("unknown")].push_back(run);
    return groups;
}

std::map<std::string, model_figures> by_model(std::span<const agents::run_metrics> runs) {
    std::map<std::string, model_figures> all;
    for (const auto& run : runs) {
        std::set<std::string> asked;
        for (const auto& [kind, calls] : run.work.calls) {
            const std::string name = kind.model.empty() ? "unknown" : kind.model;
            all[name].calls += calls;
            if (asked.insert(name).second) ++all[name].runs;
        }
    }
    return all;
}

std::optional<double> difference(std::optional<double> a, std::optional<double> b) {
    if (!a || !b || *a == 0) return std::nullopt;
    return (*b - *a) / *a * 100;
}

}  // namespace riva::cli
