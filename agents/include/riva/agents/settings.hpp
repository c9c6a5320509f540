#pragma once

#include <riva/llm/model_spec.hpp>
#include <riva/llm/price.hpp>
#include <riva/llm/provider.hpp>
#include <riva/llm/tier.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/ledger.hpp>
#include <riva/runtime/workspace.hpp>
#include <riva/verify/trust_state.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::agents {

/// What happens to a command of high risk.
enum class approval {
    automatic,  ///< refused; the agent is told why and looks for another way. Written `auto`
    ask,        ///< the checkpoint is asked
    never,      ///< refused, and so is every command of medium risk
};

/// Whether commands are isolated.
enum class isolation { automatic, off };

/// How one of riva's strategies works: as it should, or as its plain twin that it is measured
/// against.
enum class strategy { baseline, optimized };

/// When a model judges what was done.
enum class judging {
    off,
    automatic,  ///< where the acceptance has no other check, and changes of high risk: `auto`
    always,     ///< besides all other checks
};

/// What is set for one tier.
struct tier_settings {
    std::optional<llm::model_spec> model;  ///< none: that of all tiers, or of the nearest tier
    std::int64_t max_output_tokens = 0;    ///< of one answer, 256 to 131072; 0: as all
};

/// The key for one server.
struct server_key {
    std::string base_url;
    std::string variable;  ///< where it came from, for messages
    std::string key;
};

/// How an engine works. Every member has a default; `validate` says which values make sense.
struct settings {
    // Limits of the recursion.
    int max_depth = 6;         ///< of the intention tree, 0 to 16; 0: no decomposition
    int max_children = 7;      ///< of one decomposition, 2 to 12
    int max_cycles = 5;        ///< failed attempts at one intention, 1 to 100
    int max_steps = 30;        ///< cycles of one intention, failed or not, 1 to 1000
    int max_intentions = 200;  ///< of a run, 1 to 10000

    // Width.
    std::size_t width = 4;        ///< parts of one decomposition at once, 1 to 64
    std::size_t check_width = 2;  ///< checks at once that need a processor, 1 to 64

    // Time.
    std::chrono::milliseconds command_timeout{60'000};  ///< of one command of the agent
    std::chrono::milliseconds check_timeout{60'000};    ///< of one check
    std::chrono::milliseconds model_timeout{600'000};   ///< of one model call with its retries

    spending_limits spending;            ///< of the run
    spending_limits intention_spending = spending_limits::none();  ///< of each intention
    std::int64_t max_output_tokens = 8192;  ///< of one answer, 256 to 131072
    std::size_t context_bytes =
        std::size_t{96} * 1024;  ///< of repository text in one prompt, 4 KiB to 4 MiB

    approval approve = approval::automatic;
    isolation sandbox = isolation::automatic;
    workspace_limits workspace;

    strategy model_selection = strategy::optimized;  ///< baseline: always the large tier
    // Verification, besides the trust budget.
    strategy by_risk =
        strategy::optimized;  ///< baseline: all checks of a change, whatever its risk
    strategy batch = strategy::optimized;  ///< baseline: each change is verified by itself
    std::size_t batch_most = 8;  ///< changes that are verified at once, 1 to 32
    strategy parallel = strategy::optimized;  ///< baseline: one check after the other
    strategy cache =
        strategy::optimized;  ///< baseline: what was checked on a tree is checked again
    /// How changes of the same kind came out before is asked and learnt. Baseline: neither.
    strategy pattern_memory = strategy::optimized;
    judging judge = judging::automatic;
    int canaries = 0;  ///< mutants of a verified change that are tried on its checks, 0 to 20
    verify::trust_settings trust;  ///< how much is verified; the baseline is the mode `off`

    /// Off: nothing that earlier runs have taught is read, and nothing is learnt; but the journal,
    /// and what is trusted, are kept.
    bool memory = true;

    /// The model for all tiers that have none of their own. Without any, only an engine that was
    /// given a model can run.
    std::optional<llm::model_spec> model;
    std::array<tier_settings, 3> tiers;
    /// Asked in this order when the provider of a tier fails.
    std::vector<llm::model_spec> fallbacks;
    llm::price_book prices;
    llm::provider_options provider;  ///< its key is that of `model`
    std::vector<server_key> keys;  ///< by server; one that is not named gets no key

    tier_settings& of(llm::tier t) { return tiers[static_cast<std::size_t>(t)]; }
    const tier_settings& of(llm::tier t) const { return tiers[static_cast<std::size_t>(t)]; }

    /// Where journals and staged workspaces live; created with mode 0700.
    std::filesystem::path state_folder;

    /// The settings that decide what a run does, by their names for `set`, for the journal.
    std::map<std::string, std::string> describe() const;
};

/// Sets one value from text, as `--set KEY=VALUE` does. Durations are written `90s`, `10m` or
/// `500ms`; money in US dollars, such as `0.5`; prices under `prices.DIALECT:MODEL` as
/// `INPUT/OUTPUT`. Errors: `errc::unknown_setting` naming the nearest key, `errc::bad_value` with
/// the allowed range. What values say together is left to `validate`, so that they may come in any
/// order.
result<void> set(settings& s, std::string_view key, std::string_view value);

/// The settings of a run, from what `settings::describe` recorded of them, but for `changes` by the
/// same names: a `model` for all tiers replaces those of single tiers, fallbacks replace the whole
/// chain. What is no part of a run stays as in `own`: keys, proxies, folders; a model that `own`
/// knows keeps its key. Errors: as `set`, also for what another version recorded.
result<settings> restore(
    settings own,
    const std::map<std::string, std::string>& recorded,
    const std::map<std::string, std::string>& changes = {}
);

/// Whether the values make sense together; an engine asks before each run. Errors:
/// `errc::bad_value`.
result<void> validate(const settings& s);

/// All keys that `set` knows, sorted.
std::vector<std::string> setting_keys();

/// `90s`, `10m`, `1h30m`, `500ms`; nothing if the text is no duration.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

std::string_view to_string(approval a);
std::string_view to_string(strategy s);
std::string_view to_string(judging j);

}  // namespace riva::agents
