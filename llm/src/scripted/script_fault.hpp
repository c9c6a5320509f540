#pragma once

#include "scripted/answer.hpp"
#include "scripted/object_reader.hpp"

namespace riva::llm::scripted {

/// Reads the `fault` member of a rule or reply.
fault read_fault(object_reader reader);

}  // namespace riva::llm::scripted
