#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace riva::agents {

/// A way of working: what the model is told about its part. Immutable; safe to share between
/// threads.
class agent {
public:
    virtual ~agent() = default;

    virtual std::string_view name() const = 0;
    /// One line for `riva agents`.
    virtual std::string_view description() const = 0;
    /// The system prompt: stable text, so that providers can cache it.
    virtual std::string_view instructions() const = 0;
};

/// The agents that riva brings: `coder`.
const std::vector<std::shared_ptr<const agent>>& built_in_agents();

/// Null if there is none of that name.
std::shared_ptr<const agent> find_agent(std::string_view name);

}  // namespace riva::agents
