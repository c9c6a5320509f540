#pragma once

#include <riva/llm/http_client.hpp>
#include <riva/llm/model.hpp>
#include <riva/llm/model_spec.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace riva::llm {

/// How failed requests are repeated. Delays are uniform between zero and min(cap, base * 2^(n-1))
/// ("full jitter").
struct retry_policy {
    int attempts = 3;
    std::chrono::milliseconds base{500};             ///< after a transient failure
    std::chrono::milliseconds throttled_base{1'000};  ///< after 429
    std::chrono::milliseconds cap{20'000};
    std::chrono::milliseconds longest_server_delay{60'000
    };  ///< a longer Retry-After fails the call at once
    std::uint64_t seed = 0;                          ///< of the jitter; 0: from the system
};

struct provider_options {
    http_limits limits;
    retry_policy retry;
    std::string ca_file;
    std::string key;  ///< empty: no Authorization header is sent
};

/// A model behind an HTTP API.
/// Errors: `errc::invalid_spec`.
/// Thread safety of the model: none; use it on one serial executor, by any number of coroutines.
result<std::unique_ptr<model>> make_model(const model_spec& spec, provider_options options);

}  // namespace riva::llm
