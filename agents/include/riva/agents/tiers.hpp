#pragma once

#include <riva/agents/settings.hpp>
#include <riva/llm/tier.hpp>
#include <riva/runtime/error.hpp>

#include <string>
#include <vector>

namespace riva::agents {

/// The tiers that settings describe, with prices. Errors: `errc::no_model`.
result<llm::tier_table> describe_tiers(const settings& s);

/// The models to fall back on, with prices.
std::vector<llm::tier_entry> describe_fallbacks(const settings& s);

/// How to reach a model: the settings for all, and the key of its server. A key is never sent to a
/// server that it is not for.
llm::provider_options provider_for(const settings& s, const llm::model_spec& spec);

/// Whether a limit of money can be kept with these models. Errors: `errc::unknown_price` naming the
/// model and how to give its price.
result<void> check_prices(const settings& s, const std::vector<llm::tier_entry>& models);

}  // namespace riva::agents
