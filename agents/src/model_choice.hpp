#pragma once

#include <riva/agents/settings.hpp>
#include <riva/llm/model.hpp>
#include <riva/llm/tier.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/ledger.hpp>

#include <memory>
#include <string>
#include <vector>

namespace riva::agents {

/// A model that can be asked.
struct candidate {
    llm::tier_entry entry;
    llm::model* model = nullptr;
    std::string name;      ///< for the journal
    bool refused = false;  ///< its provider refuses every request of this run

    /// What that many tokens cost. Of an unknown price only the tokens count.
    cost price(const llm::token_usage& used) const;
    /// What a request of that size can cost at most.
    cost worst(std::int64_t input_tokens, std::int64_t output_tokens) const;
};

/// The models of one run: its tiers, and what to fall back on. Lives on the strand of the run.
class model_choice {
public:
    /// `given` is used for all tiers if it is not null. Errors: `errc::no_model`,
    /// `errc::unknown_price`, those of `llm::make_model`.
    static result<model_choice> make(const settings& s, llm::model* given);

    /// The models of a run that is done once more, as names and prices: none is asked. `given` is
    /// the name of the one that the host brought along, for settings that name none.
    static result<model_choice> remember(const settings& s, const std::string& given);

    const llm::tier_table& tiers() const { return table_; }

    /// Whom to ask for a tier: its model, then the fallbacks, each once. Those that were refused
    /// are left out, unless all were. Never empty.
    std::vector<candidate*> candidates(llm::tier t);

private:
    explicit model_choice(llm::tier_table table) : table_(std::move(table)) {}
    result<void> add(const settings& s, const llm::tier_entry& entry);
    candidate* add_name(const llm::tier_entry& entry, std::string name);
    candidate& find(const llm::model_spec& spec);

    llm::tier_table table_;
    std::vector<llm::model_spec> fallbacks_;
    std::vector<std::unique_ptr<candidate>> all_;
    std::vector<std::unique_ptr<llm::model>> made_;
};

}  // namespace riva::agents
