#include "select_tier.hpp"

#include "pattern_memory.hpp"

namespace riva::agents {

asio::awaitable<llm::tier_choice> select_tier(work_item& item, std::string_view purpose) {
    // Whose answer is recorded is not asked again, whatever has been learnt since.
    const auto recorded =
        item.run.earlier.find_tier(item.it.id, item.run.attempts[item.it.id], std::string(purpose));
    if (recorded) co_return llm::tier_choice{*recorded, "recorded"};
    llm::tier_question about;
    about.always_large = item.run.options.model_selection == strategy::baseline;
    about.failures = item.refuted;
    // A request that says little about its goal can be of any size.
    if (!item.prior.ambiguous) about.complexity = item.prior.score;
    if (item.run.record_of_tiers != nullptr && !about.always_large)
        about.standings = co_await item.run.record_of_tiers->look_up(
            std::string(item.run.role->name()) + "/" + std::string(purpose)
        );
    else if (!about.always_large && !item.run.models->tiers().single())
        about.standings = co_await recall_tiers(item.run);
    co_return llm::choose_tier(item.run.models->tiers(), about);
}

}  // namespace riva::agents
