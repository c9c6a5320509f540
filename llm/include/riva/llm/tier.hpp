#pragma once

#include <riva/llm/model_spec.hpp>
#include <riva/llm/price.hpp>
#include <riva/runtime/awaitable.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm {

/// How capable, and how dear, a model is meant to be.
enum class tier { small, medium, large };

inline constexpr std::array all_tiers{tier::small, tier::medium, tier::large};

std::string_view to_string(tier t);
std::optional<tier> parse_tier(std::string_view name);

/// What a tier consists of.
struct tier_entry {
    model_spec spec;
    std::optional<llm::price> price;    ///< none: unknown
    std::int64_t max_output_tokens = 0; ///< of one answer; 0: as the run says

    friend bool operator==(const tier_entry&, const tier_entry&) = default;
};

/// Three tiers, and models to fall back on when a provider fails. Any two tiers may be the same
/// model.
class tier_table {
public:
    /// Tiers that are not given are the nearest larger one that is, else the nearest smaller one.
    /// Precondition: one is given.
    explicit tier_table(const std::array<std::optional<tier_entry>, 3>& given);

    const tier_entry& at(tier t) const { return entries_[static_cast<std::size_t>(t)]; }
    /// Whether all tiers are one model, so that there is nothing to choose.
    bool single() const;
    /// The nearest larger tier with another model; nothing if there is none.
    std::optional<tier> above(tier t) const;

private:
    std::array<tier_entry, 3> entries_;
};

/// What the record of a pattern says of one tier: bounds of its share of successes.
struct tier_standing {
    std::int64_t attempts = 0;
    double lower = 0;  ///< lower confidence bound, 0 to 1
    double mean = 0;  ///< 0 to 1
    double upper = 1;  ///< upper confidence bound, 0 to 1

    friend bool operator==(const tier_standing&, const tier_standing&) = default;
};

using tier_standings = std::array<std::optional<tier_standing>, 3>;

/// Remembers how the tiers did on each kind of work.
class tier_record {
public:
    virtual ~tier_record() = default;

    /// What is known of a pattern; nothing where too little is.
    virtual asio::awaitable<tier_standings> look_up(std::string pattern) = 0;
};

/// What is known of a piece of work before a tier is chosen for it.
struct tier_question {
    std::optional<double> complexity;  ///< 0 trivial to 1 complex; none: unknown
    tier_standings standings = {};
    int failures = 0;  ///< attempts so far that the evidence refused
    bool always_large = false;  ///< the baseline: nothing is chosen
};

struct tier_choice {
    enum tier tier = tier::large;
    std::string reason;  ///< a few words for the journal

    friend bool operator==(const tier_choice&, const tier_choice&) = default;
};

/// Chooses a tier: small below a complexity of 0.3, large above 0.7, medium between, large if
/// unknown. A record overrules that: a tier of which it says that it mostly fails is passed over,
/// and a smaller tier that it trusts is preferred. Where prices are known, a tier is passed over
/// that costs more than it saves: trying it before the next larger one pays only if its price is
/// below its share of successes times the price of the other. Each failure then moves one tier up.
/// Pure.
tier_choice choose_tier(const tier_table& table, const tier_question& about);

}  // namespace riva::llm
