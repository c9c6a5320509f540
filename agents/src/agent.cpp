#include <riva/agents/agent.hpp>

#include "prompts.hpp"

namespace riva::agents {
namespace {

class coder final : public agent {
public:
    std::string_view name() const override { return "coder"; }
    std::string_view description() const override { return "changes code until its checks pass"; }
    std::string_view instructions() const override { return prompts::coder; }
};

}  // namespace

const std::vector<std::shared_ptr<const agent>>& built_in_agents() {
    static const std::vector<std::shared_ptr<const agent>> all = {std::make_shared<coder>()};
    return all;
}

std::shared_ptr<const agent> find_agent(std::string_view name) {
    for (const auto& candidate : built_in_agents())
        if (candidate->name() == name) return candidate;
    return nullptr;
}

}  // namespace riva::agents
