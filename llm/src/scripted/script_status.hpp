#pragma once

#include "scripted/fault.hpp"
#include "scripted/object_reader.hpp"

#include <optional>

namespace riva::llm::scripted {

/// Reads the member `headers`: fields of one line each, and none that is about the framing.
header_list read_headers(object_reader& reader);

/// Reads the members `status`, `headers` and `body` of a fault.
std::optional<http_fault> read_http_fault(object_reader& reader);

}  // namespace riva::llm::scripted
