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
    proxy_settings proxies;
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

/// The first model, hedged by the second: a request that is `side_effect_free` is sent to both when
/// the first takes longer to begin its answer than 95 of 100 of its answers did, and at least a
/// second; at most for 5 of 100 such requests, and only while both endpoints are healthy
/// (`hedge_policy`). The answer that begins first is given, the other request is cancelled on the
/// wire and told as `chat_reply::also_asked`. Of events, the observer sees those of the answer that
/// is given; attempts are told of both.
/// Errors: `errc::invalid_spec`, also when both models are at the same endpoint.
/// Thread safety and lifetime: as of `make_model`.
result<std::unique_ptr<model>> make_hedged_model(
    const model_spec& first,
    provider_options first_options,
    const model_spec& second,
    provider_options second_options
);

}  // namespace riva::llm
