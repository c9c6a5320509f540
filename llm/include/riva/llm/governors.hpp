#pragma once

#include <riva/llm/governor.hpp>

#include <compare>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace riva::llm {

/// What a governor is for. Requests that share all of it share their limits at the provider.
struct governed_endpoint {
    std::string base_url;
    std::string model;  ///< `DIALECT:MODEL`
    std::string key;

    friend auto operator<=>(const governed_endpoint&, const governed_endpoint&) = default;
};

/// The governors of a process, one for each endpoint, made when they are first asked for. Models
/// that are to respect each other's limits are made with the same one of these.
///
/// Thread safety: safe. Lifetime: a governor lives as long as this or somebody who holds it.
class governors {
public:
    /// Lifetime: `time` outlives every governor.
    explicit governors(governor_policy policy = {}, clock& time = real_clock())
        : policy_(policy), time_(time) {}

    std::shared_ptr<governor> of(const governed_endpoint& endpoint);

    /// Gives every endpoint that refused its key another chance.
    void configuration_changed();

private:
    const governor_policy policy_;
    clock& time_;
    std::mutex guard_;
    std::map<governed_endpoint, std::shared_ptr<governor>> all_;
};

}  // namespace riva::llm
