#pragma once

#include "scripted/script.hpp"

#include <memory>

namespace riva::llm::scripted {

std::unique_ptr<answer_source> answers_from(script s);

}  // namespace riva::llm::scripted
