#include "select_tier.hpp"

namespace riva::agents {

asio::awaitable<llm::tier_choice> select_tier(work_item& item, std::string_view purpose) {
    llm::tier_question about;
    about.always_large = item.run.options.model_selection == strategy::baseline;
    about.failures = item.refuted;
    // A request that says little about its goal can be of any size.
    if (!item.prior.ambiguous) about.complexity = item.prior.score;
    if (item.run.record_of_tiers != nullptr && !about.always_large)
        about.standings = co_await item.run.record_of_tiers->look_up(
            std::string(item.run.role->name()) + "/" + std::string(purpose)
        );
    co_return llm::choose_tier(item.run.models->tiers(), about);
}

}  // namespace riva::agents
