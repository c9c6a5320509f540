#pragma once

#include <riva/llm/governors.hpp>

#include <memory>

namespace riva::test {

/// Nothing is repeated.
inline std::shared_ptr<llm::governors> one_attempt() {
    llm::governor_policy policy;
    policy.retry.attempts = 1;
    policy.retry.stream_restarts = 0;
    return std::make_shared<llm::governors>(policy);
}

}  // namespace riva::test
