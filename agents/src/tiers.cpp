#include <riva/agents/tiers.hpp>

#include <riva/agents/error.hpp>

#include <algorithm>

namespace riva::agents {
namespace {

bool money_is_limited(const settings& s) {
    return s.spending.micro_usd != INT64_MAX || s.intention_spending.micro_usd != INT64_MAX;
}

}  // namespace

result<llm::tier_table> describe_tiers(const settings& s) {
    std::array<std::optional<llm::tier_entry>, 3> given;
    for (const auto t : llm::all_tiers) {
        const auto& spec = s.of(t).model ? s.of(t).model : s.model;
        if (!spec) continue;
        llm::tier_entry entry{*spec, s.prices.find(*spec), s.of(t).max_output_tokens};
        given[static_cast<std::size_t>(t)] = std::move(entry);
    }
    if (std::ranges::none_of(given, [](const auto& each) { return each.has_value(); }))
        return error{
            errc::no_model,
            "No model is set; name one with --model, RIVA_MODEL or the configuration file."
        };
    return llm::tier_table(given);
}

std::vector<llm::tier_entry> describe_fallbacks(const settings& s) {
    std::vector<llm::tier_entry> all;
    all.reserve(s.fallbacks.size());
    for (const auto& spec : s.fallbacks) all.push_back({spec, s.prices.find(spec), 0});
    return all;
}

llm::provider_options provider_for(const settings& s, const llm::model_spec& spec) {
    llm::provider_options options = s.provider;
    if (s.model != spec) options.key.clear();
    for (const auto& each : s.keys)
        if (each.base_url == spec.base_url && each.variable == spec.key_env) options.key = each.key;
    return options;
}

result<void> check_prices(const settings& s, const std::vector<llm::tier_entry>& models) {
    if (!money_is_limited(s)) return {};
    for (const auto& each : models) {
        if (each.price) continue;
        const std::string name = each.spec.dialect + ":" + each.spec.model;
        return error{
            errc::unknown_price,
            "No price is known for " + name +
                ", so a limit of money cannot be kept; give its price in US dollars per million "
                "tokens, --set 'prices." +
                name +
                "=INPUT/OUTPUT' or the same under [prices] in the configuration of the user, or "
                "limit tokens with --max-tokens instead."
        };
    }
    return {};
}

}  // namespace riva::agents
