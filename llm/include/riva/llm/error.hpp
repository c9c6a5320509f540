#pragma once

#include <riva/runtime/error.hpp>

#include <type_traits>

namespace riva::llm {

/// Failures of talking to a model. Each maps to one `riva::condition`.
enum class errc {
    invalid_spec = 1,       ///< invalid: a model specification that cannot be read
    connect_failed,         ///< transient: refused, unreachable, name not found
    connection_lost,        ///< transient: reset or closed before the answer was whole
    connect_timed_out,      ///< timed_out
    header_timed_out,       ///< timed_out: no response header in time
    idle_timed_out,         ///< timed_out: the stream went silent
    total_timed_out,        ///< timed_out
    tls_refused,            ///< refused: certificate or host name not verified
    http_malformed,         ///< corrupt: not HTTP, or framing that cannot be trusted
    http_limit,             ///< exhausted: a header, chunk, line, event or body over its limit
    redirected,             ///< refused: redirects are never followed
    unexpected_content,     ///< corrupt: neither JSON nor an event stream
    malformed_answer,       ///< corrupt: JSON that is not of the dialect's shape
    truncated_answer,       ///< transient: the stream ended before the model did
    answer_too_long,        ///< exhausted: stopped at the output limit
    refused_by_model,       ///< refused: refusal or content filter
    schema_mismatch,        ///< corrupt: not the JSON that was asked for, also after one re-ask
    bad_request,            ///< invalid: 400, 404, 413, 422
    unauthorized,           ///< refused: 401, 403
    quota_exceeded,         ///< refused: paid-for quota used up
    rate_limited,           ///< transient: 429
    server_failed,          ///< transient: 408, 409, 425, 5xx, or an error in the stream
    endpoint_resting,       ///< transient: not asked, because it keeps failing
    queue_full,             ///< exhausted: too many calls of this run wait for the same endpoint
    invalid_price,          ///< invalid: a price or price table that cannot be read
    script_invalid,         ///< invalid: a script or suite of the scripted server cannot be read
};

const error_category& category() noexcept;
error_code make_error_code(errc code) noexcept;

}  // namespace riva::llm

template <>
struct boost::system::is_error_code_enum<riva::llm::errc> : std::true_type {};
