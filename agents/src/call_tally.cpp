#include "call_tally.hpp"

#include <algorithm>
#include <utility>

namespace riva::agents {

using std::chrono::milliseconds;

void call_tally::book(
    const std::string& intention, const call_kind& kind, const call_figures& more
) {
    all_[intention][kind] += more;
    by_tier_[kind.tier] += more;
}

void call_tally::see(const events::model_started& e, moment at) {
    call_kind kind{e.tier, e.model, e.purpose};
    const auto [known, is_new] = under_way_.try_emplace(e.intention, started{kind, at});
    if (!is_new) known->second.kind = std::move(kind);  // the same call, asked again
}

void call_tally::see(const events::model_ended& e) {
    under_way_.erase(e.intention);
    if (e.recorded) return;
    call_figures one{
        1,
        e.input_tokens,
        e.output_tokens,
        e.micro_usd,
        e.priced ? 0 : 1,
        milliseconds(e.duration_ms)
    };
    book(e.intention, {e.tier, e.model, e.purpose}, one);
}

/// The calls without an end of one tier can no longer be told apart: they stand under the first.
void call_tally::book_cancelled(const std::string& tier, const call_figures& more, moment at) {
    const auto asked = std::ranges::find_if(under_way_, [&](const auto& each) {
        return each.second.kind.tier == tier;
    });
    if (asked == under_way_.end()) return book("1", {tier, "", ""}, more);
    call_figures lasting = more;
    for (const auto& [intention, call] : under_way_)
        if (call.kind.tier == tier) lasting.duration += at - call.at;
    book(asked->first, asked->second.kind, lasting);
}

void call_tally::see(const events::run_result& e, moment at) {
    for (const auto& [tier, spent] : e.usage.by_tier) {
        const call_figures& known = by_tier_[tier];
        call_figures rest;
        rest.calls = spent.calls - known.calls;
        rest.input_tokens = spent.input_tokens - known.input_tokens;
        rest.output_tokens = spent.output_tokens - known.output_tokens;
        rest.micro_usd = spent.micro_usd - known.micro_usd;
        rest.unpriced_calls = spent.unpriced_calls - known.unpriced_calls;
        if (rest.calls > 0) book_cancelled(tier, rest, at);
    }
    under_way_.clear();
}

void call_tally::cut_off(moment at) {
    for (const auto& [intention, call] : std::exchange(under_way_, {}))
        book(intention, call.kind, {1, 0, 0, 0, 1, at - call.at});
}

}  // namespace riva::agents
