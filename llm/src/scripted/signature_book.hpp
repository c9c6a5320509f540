#pragma once

#include "scripted/answer.hpp"
#include "scripted/spoken.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace riva::llm::scripted {

/// Remembers the opaque signatures that went out with answers, and refuses requests that do not
/// bring them back as they were. What this server has not signed is not looked at.
class signature_book {
public:
    void remember(const answer& a);
    std::optional<request_refusal> check(const question& q) const;

private:
    std::map<std::string, std::set<std::string>> signed_;
};

}  // namespace riva::llm::scripted
