#pragma once

#include "metrics_groups.hpp"

#include <riva/agents/metrics.hpp>

#include <string>

/// `riva metrics --json`: one object a line on standard output.
namespace riva::cli {

void print_run_json(const agents::run_metrics& run);
/// `what` names the object by `name`; then the means of its runs.
void print_average_json(
    const std::string& what, const std::string& name, std::span<const agents::run_metrics> runs
);
void print_models_json(std::span<const agents::run_metrics> runs);
void print_risks_json(std::span<const agents::run_metrics> runs);

void print_comparison_json(const comparison& c);

}  // namespace riva::cli
