#include "model_choice.hpp"

#include <riva/agents/tiers.hpp>
#include <riva/llm/price.hpp>

#include <algorithm>
#include <utility>

namespace riva::agents {
namespace {

/// A model that the host brought along, as far as its name tells.
llm::tier_entry describe_given(const settings& s, const llm::model& given) {
    const std::string name = given.name();
    const auto colon = name.find(':');
    llm::tier_entry entry;
    entry.spec.dialect = name.substr(0, colon);
    if (colon != name.npos) entry.spec.model = name.substr(colon + 1);
    entry.price = s.prices.find(entry.spec);
    return entry;
}

result<llm::tier_table> make_table(const settings& s, const llm::model* given) {
    if (given == nullptr) return describe_tiers(s);
    return llm::tier_table({std::nullopt, std::nullopt, describe_given(s, *given)});
}

}  // namespace

cost candidate::price(const llm::token_usage& used) const {
    return {used.input + used.output, entry.price ? llm::cost_of(*entry.price, used) : 0};
}

cost candidate::worst(std::int64_t input_tokens, std::int64_t output_tokens) const {
    return {
        input_tokens + output_tokens,
        entry.price ? llm::worst_cost(*entry.price, input_tokens, output_tokens) : 0
    };
}

result<model_choice> model_choice::make(const settings& s, llm::model* given) {
    auto table = make_table(s, given);
    if (!table) return table.error();
    model_choice made(std::move(*table));
    std::vector<llm::tier_entry> entries;
    entries.reserve(llm::all_tiers.size());
    for (const auto t : llm::all_tiers) entries.push_back(made.table_.at(t));
    for (auto& each : describe_fallbacks(s)) {
        made.fallbacks_.push_back(each.spec);
        entries.push_back(std::move(each));
    }
    if (const auto priced = check_prices(s, entries); !priced) return priced.error();
    if (given != nullptr)
        made.all_.push_back(std::make_unique<candidate>(
            candidate{made.table_.at(llm::tier::large), given, given->name()}
        ));
    for (const auto& each : entries)
        if (const auto added = made.add(s, each); !added) return added.error();
    return made;
}

result<void> model_choice::add(const settings& s, const llm::tier_entry& entry) {
    for (const auto& each : all_)
        if (each->entry.spec == entry.spec) return {};
    auto model = llm::make_model(entry.spec, provider_for(s, entry.spec));
    if (!model) return model.error();
    auto made = std::make_unique<candidate>();
    made->entry = entry;
    made->model = model->get();
    made->name = (*model)->name();
    // The same model at another server must be told apart.
    if (std::ranges::any_of(all_, [&](const auto& each) { return each->name == made->name; }))
        made->name = llm::to_string(entry.spec);
    made_.push_back(std::move(*model));
    all_.push_back(std::move(made));
    return {};
}

candidate& model_choice::find(const llm::model_spec& spec) {
    return **std::ranges::find_if(all_, [&](const auto& each) { return each->entry.spec == spec; });
}

std::vector<candidate*> model_choice::candidates(llm::tier t) {
    std::vector<candidate*> chain{&find(table_.at(t).spec)};
    for (const auto& spec : fallbacks_) {
        candidate* next = &find(spec);
        if (std::ranges::find(chain, next) == chain.end()) chain.push_back(next);
    }
    const bool any_left =
        std::ranges::any_of(chain, [](const candidate* each) { return !each->refused; });
    if (any_left) std::erase_if(chain, [](const candidate* each) { return each->refused; });
    return chain;
}

}  // namespace riva::agents
