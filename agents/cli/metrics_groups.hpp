#pragma once

#include <riva/agents/metrics.hpp>
#include <riva/runtime/error.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace riva::cli {

/// What `KEY=VALUE` says about runs: a setting as it is recorded, or `agent`, `outcome`,
/// `repository` or `strategies`.
struct run_filter {
    std::string key;
    std::string value;

    bool matches(const agents::run_metrics& run) const;
};

/// Nothing if the text is no `KEY=VALUE`.
std::optional<run_filter> parse_filter(std::string_view text);

/// Two groups of runs and what they are called.
struct comparison {
    std::string a_name, b_name;
    std::vector<agents::run_metrics> a, b;
};

using run_groups = std::map<std::string, std::vector<agents::run_metrics>>;

/// The runs by what the key says about them.
run_groups group_by(std::span<const agents::run_metrics> runs, const std::string& key);

/// All calls by model, and those of how many runs.
struct model_figures {
    std::int64_t runs = 0;
    agents::call_figures calls;
};

std::map<std::string, model_figures> by_model(std::span<const agents::run_metrics> runs);

/// How much larger `b` is than `a`, in per cent of `a`; nothing where that says nothing.
std::optional<double> difference(std::optional<double> a, std::optional<double> b);

}  // namespace riva::cli
