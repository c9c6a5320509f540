#pragma once

#include "metrics_groups.hpp"

#include <riva/agents/metrics.hpp>

#include <span>
#include <string>

/// `riva metrics` for a person, on standard output.
namespace riva::cli {

/// A row for each run, their sum, and what a run takes on average.
void print_runs(std::span<const agents::run_metrics> runs);
/// One run with its intentions, its calls, and what was verified.
void print_run(const agents::run_metrics& run);
/// A row of means for each group.
void print_groups(const std::string& key, const run_groups& groups);
void print_models(std::span<const agents::run_metrics> runs);
void print_risks(std::span<const agents::run_metrics> runs);
void print_comparison(const comparison& c);

}  // namespace riva::cli
