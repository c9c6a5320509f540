#pragma once

#include "scripted/http_call.hpp"

#include <optional>
#include <string>
#include <vector>

namespace riva::llm::scripted {

/// The list of models in the shape that the path and the headers of the request ask for; none if
/// the path is that of no such list.
std::optional<std::string> model_list(const http_call& call, const std::vector<std::string>& names);

}  // namespace riva::llm::scripted
