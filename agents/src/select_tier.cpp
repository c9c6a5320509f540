#include "select_tier.hpp"

#include "pattern_memory.hpp"
#include "recorded_pass.hpp"
#include "what_if.hpp"

#include <cmath>

namespace riva::agents {
namespace {

void tell_other_choice(
    work_item& item, std::string_view purpose, llm::tier_question about, llm::tier chosen
) {
    what_if& other = *item.run.other;
    about.always_large = other.options.model_selection == strategy::baseline;
    const auto now = llm::choose_tier(other.models.tiers(), about);
    const auto name = [](model_choice& models, llm::tier tier) {
        return std::string(llm::to_string(tier)) + " " + models.candidates(tier).front()->name;
    };
    other.compare(
        {item.run.again->next_seq(item.it.id),
         item.it.id,
         "tier of " + std::string(purpose),
         name(*item.run.models, chosen),
         name(other.models, now.tier)}
    );
}

/// Few enough digits to be read from the journal as the same number.
void round(double& number) {
    number = std::round(number * 1e4) / 1e4;
}

llm::tier_standings recorded_standings(const recorded_pass& pass, const std::string& intention) {
    llm::tier_standings all;
    const auto* asked = pass.next_as<events::model_started>(intention);
    if (asked == nullptr) return all;
    for (const auto& known : asked->standings)
        if (const auto tier = llm::parse_tier(known.tier))
            all[static_cast<std::size_t>(*tier)] =
                llm::tier_standing{known.attempts, known.lower, known.mean, known.upper};
    return all;
}

/// How the tiers did at such work before.
asio::awaitable<llm::tier_standings> recall_standings(work_item& item, std::string_view purpose) {
    run_context& run = item.run;
    llm::tier_standings all;
    if (run.again != nullptr) co_return recorded_standings(*run.again, item.it.id);
    if (run.options.model_selection == strategy::baseline) co_return all;
    if (run.record_of_tiers != nullptr)
        all = co_await run.record_of_tiers->look_up(
            std::string(run.role->name()) + "/" + std::string(purpose)
        );
    else if (!run.models->tiers().single())
        all = co_await recall_tiers(run);
    for (auto& known : all) {
        if (!known) continue;
        round(known->lower);
        round(known->mean);
        round(known->upper);
    }
    co_return all;
}

}  // namespace

asio::awaitable<tier_decision> select_tier(work_item& item, std::string_view purpose) {
    // Whose answer is recorded is not asked again, whatever has been learnt since.
    const auto recorded =
        item.run.earlier.find_tier(item.it.id, item.run.attempts[item.it.id], std::string(purpose));
    if (recorded) co_return tier_decision{{*recorded, "recorded"}, {}};
    llm::tier_question about;
    about.always_large = item.run.options.model_selection == strategy::baseline;
    about.failures = item.refuted;
    // A request that says little about its goal can be of any size.
    if (!item.prior.ambiguous) about.complexity = item.prior.score;
    about.standings = co_await recall_standings(item, purpose);
    tier_decision made{llm::choose_tier(item.run.models->tiers(), about), about.standings};
    if (item.run.other != nullptr) tell_other_choice(item, purpose, about, made.tier);
    co_return made;
}

}  // namespace riva::agents
