#pragma once

#include <riva/llm/http_client.hpp>

#include <string>

namespace riva::llm {

/// The request line and header of a request. Nothing in it can end a line early.
/// Errors: `errc::bad_request` for a method, target, host or field that HTTP cannot carry.
result<std::string> request_head(const http_request& request);

}  // namespace riva::llm
