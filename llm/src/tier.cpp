#include <riva/llm/tier.hpp>

#include <algorithm>
#include <cstdio>

namespace riva::llm {
namespace {

constexpr double simple_below = 0.3;
constexpr double complex_above = 0.7;
/// A record that promises at least so much is trusted more than the complexity.
constexpr double trusted_from = 0.9;
/// A record that allows at most so much speaks against a tier.
constexpr double failing_up_to = 0.5;

std::size_t index(tier t) {
    return static_cast<std::size_t>(t);
}

std::string score_text(const char* word, double score) {
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%s complexity %.2f", word, score);
    return text.data();
}

tier_choice by_complexity(const std::optional<double>& score) {
    if (!score) return {tier::large, "unknown complexity"};
    if (*score < simple_below) return {tier::small, score_text("low", *score)};
    if (*score > complex_above) return {tier::large, score_text("high", *score)};
    return {tier::medium, score_text("middling", *score)};
}

/// A price per call in one number, for a prompt four times as long as its answer.
double typical_price(const price& p) {
    return 4.0 * static_cast<double>(p.input) + static_cast<double>(p.output);
}

/// Whether trying `smaller` first costs less than going to `larger` at once.
bool pays(const tier_entry& smaller, const tier_entry& larger, const tier_standing& record) {
    if (!smaller.price || !larger.price) return true;
    return typical_price(*smaller.price) <= record.mean * typical_price(*larger.price);
}

tier_choice by_record(tier_choice choice, const tier_table& table, const tier_standings& known) {
    for (const tier t : all_tiers) {
        if (t >= choice.tier) break;
        const auto& record = known[index(t)];
        if (!record || record->lower < trusted_from) continue;
        choice = {t, "its record on such work is good"};
        break;
    }
    while (const auto next = table.above(choice.tier)) {
        const auto& record = known[index(choice.tier)];
        if (!record) break;
        if (record->upper <= failing_up_to)
            choice = {*next, "the smaller tier mostly fails on such work"};
        else if (!pays(table.at(choice.tier), table.at(*next), *record))
            choice = {*next, "the smaller tier fails too often for its price"};
        else
            break;
    }
    return choice;
}

}  // namespace

std::string_view to_string(tier t) {
    switch (t) {
        case tier::small: return "small";
        case tier::medium: return "medium";
        case tier::large: return "large";
    }
    return "large";
}

std::optional<tier> parse_tier(std::string_view name) {
    for (const tier t : all_tiers)
        if (to_string(t) == name) return t;
    return std::nullopt;
}

tier_table::tier_table(const std::array<std::optional<tier_entry>, 3>& given) {
    for (std::size_t i = 0; i < given.size(); ++i) {
        const auto larger = std::find_if(
            given.begin() + static_cast<std::ptrdiff_t>(i),
            given.end(),
            [](const auto& each) { return each.has_value(); }
        );
        if (larger != given.end()) {
            entries_[i] = **larger;
            continue;
        }
        for (std::size_t below = i; below-- > 0;) {
            if (!given[below]) continue;
            entries_[i] = *given[below];
            break;
        }
    }
}

bool tier_table::single() const {
    return at(tier::small).spec == at(tier::large).spec &&
           at(tier::medium).spec == at(tier::large).spec;
}

std::optional<tier> tier_table::above(tier t) const {
    for (const tier larger : all_tiers)
        if (larger > t && at(larger).spec != at(t).spec) return larger;
    return std::nullopt;
}

tier_choice choose_tier(const tier_table& table, const tier_question& about) {
    if (about.always_large) return {tier::large, "always large"};
    if (table.single()) return {tier::large, "one model for all tiers"};
    tier_choice choice = by_record(by_complexity(about.complexity), table, about.standings);
    for (int i = 0; i < about.failures; ++i) {
        const auto next = table.above(choice.tier);
        if (!next) break;
        choice = {*next, "the smaller tier failed"};
    }
    return choice;
}

}  // namespace riva::llm
