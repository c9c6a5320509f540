#include "model_choice.hpp"

#include <riva/agents/tiers.hpp>
#include <riva/llm/price.hpp>

#include <algorithm>
#include <utility>

namespace riva::agents {
namespace {

/// A model that the host brought along, as far as its name tells.
llm::tier_entry describe_given(const settings& s, const std::string& name) {
    const auto colon = name.find(':');
    llm::tier_entry entry;
    entry.spec.dialect = name.substr(0, colon);
    if (colon != name.npos) entry.spec.model = name.substr(colon + 1);
    entry.price = s.prices.find(entry.spec);
    return entry;
}

llm::tier_table table_of(const settings& s, const std::string& given) {
    return llm::tier_table({std::nullopt, std::nullopt, describe_given(s, given)});
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
    auto table =
        given == nullptr ? describe_tiers(s) : result<llm::tier_table>(table_of(s, given->name()));
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

result<model_choice> model_choice::remember(const settings& s, const std::string& given) {
    auto described = describe_tiers(s);
    const bool named = described.has_value();
    model_choice made(named ? std::move(*described) : table_of(s, given));
    const auto add = [&](const llm::tier_entry& entry) {
        const std::string name = entry.spec.dialect + ":" + entry.spec.model;
        made.add_name(entry, named ? name : given);
    };
    for (const auto t : llm::all_tiers) add(made.table_.at(t));
    for (const auto& each : describe_fallbacks(s)) {
        made.fallbacks_.push_back(each.spec);
        add(each);
    }
    return made;
}

candidate* model_choice::add_name(const llm::tier_entry& entry, std::string name) {
    for (const auto& each : all_)
        if (each->entry.spec == entry.spec) return nullptr;
    // The same model at another server must be told apart.
    if (std::ranges::any_of(all_, [&](const auto& each) { return each->name == name; }))
        name = llm::to_string(entry.spec);
    all_.push_back(std::make_unique<candidate>(candidate{entry, nullptr, std::move(name)}));
    return all_.back().get();
}

result<void> model_choice::add(const settings& s, const llm::tier_entry& entry) {
    for (const auto& each : all_)
        if (each->entry.spec == entry.spec) return {};
    auto model = llm::make_model(entry.spec, provider_for(s, entry.spec));
    if (!model) return model.error();
    add_name(entry, (*model)->name())->model = model->get();
    made_.push_back(std::move(*model));
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
