#pragma once

#include <riva/llm/governors.hpp>
#include <riva/llm/http_client.hpp>
#include <riva/llm/model.hpp>
#include <riva/llm/model_spec.hpp>

#include <memory>
#include <string>

namespace riva::llm {

struct provider_options {
    http_limits limits;
    std::string ca_file;
    std::string key;  ///< empty: no Authorization header is sent
    /// Decide when requests are sent and repeated. None: the model has a governor of its own, with
    /// the default policy.
    std::shared_ptr<riva::llm::governors> governors;
};

/// A model behind an HTTP API.
/// Errors: `errc::invalid_spec`.
/// Thread safety of the model: none; use it on one serial executor, by any number of coroutines.
/// Lifetime: the executor's context must outlive the model, which keeps connections open.
result<std::unique_ptr<model>> make_model(const model_spec& spec, provider_options options);

}  // namespace riva::llm
