#pragma once

#include <riva/agents/settings.hpp>
#include <riva/runtime/error.hpp>

#include <map>
#include <string>
#include <vector>

namespace riva::cli {

/// The models that one source of settings names: flags, variables or a file.
struct model_names {
    struct name {
        std::string spec;   ///< `DIALECT:MODEL[@BASE_URL]`; empty: not named
        std::string where;  ///< begins the sentence about a mistake; may be empty
    };
    name all, small, medium, large;
    std::vector<name> fallbacks;
};

/// Takes over what a source names. A model for all tiers replaces those that a weaker source gave
/// to single tiers; fallbacks replace the whole chain. Errors: `llm::errc::invalid_spec`.
result<void> take_models(agents::settings& s, const model_names& named);

/// Variables that hold keys, by the base URL of the server that they are for.
using key_variables = std::map<std::string, std::string>;

/// Finds the key of each model in the environment. A variable is for one server: the provider's own
/// if a model is asked there, else the first that is asked. Other servers get a key only when
/// `named` says which. Also applies the variables of `llm::in_environment`.
void find_keys(agents::settings& s, const key_variables& named);

/// Finds the proxies of the environment (`llm::proxies_in_environment`).
void find_proxies(agents::settings& s);

}  // namespace riva::cli
