#pragma once

#include "scripted/answer.hpp"
#include "scripted/suite.hpp"

#include <cstdint>
#include <memory>

namespace riva::llm::scripted {

std::unique_ptr<answer_source> answers_from(suite s, std::uint64_t seed);

}  // namespace riva::llm::scripted
