#pragma once

#include <riva/agents/metrics.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What stands in the tables of `riva metrics`.
namespace riva::cli {

std::string count(std::int64_t number);
/// As `printf` does with one number.
std::string format(const char* how, double value);
std::string seconds(double ms);
std::string seconds(std::chrono::milliseconds span);
std::string dollars(double micro_usd);
/// With a sign that it is more where the price of some calls is unknown.
std::string cost(const agents::call_figures& calls);

const std::vector<std::string>& run_heads();
std::vector<std::string> row_of(const agents::run_metrics& run, const std::string& name);
/// All that adds up.
agents::run_metrics sum_of(std::span<const agents::run_metrics> runs);

}  // namespace riva::cli
