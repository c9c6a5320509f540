#include <riva/llm/attempt_failure.hpp>

#include "is_one_of.hpp"

#include <algorithm>
#include <array>

namespace riva::llm {
namespace {

bool is_passing(const error_code& code) {
    return is_one_of(
        code,
        {errc::connect_failed,
         errc::connection_lost,
         errc::connect_timed_out,
         errc::header_timed_out,
         errc::idle_timed_out,
         errc::truncated_answer,
         errc::server_failed}
    );
}

bool is_retryable_status(unsigned status) {
    constexpr std::array statuses{408u, 409u, 425u, 429u, 500u, 502u, 503u, 504u, 529u};
    return std::ranges::find(statuses, status) != statuses.end();
}

bool is_final_status(unsigned status) {
    constexpr std::array statuses{400u, 401u, 402u, 403u, 404u, 413u, 422u};
    return std::ranges::find(statuses, status) != statuses.end();
}

}  // namespace

failure_kind kind_of(const attempt_failure& failed) {
    const error_code& code = failed.why.code;
    if (code == errc::rate_limited) return failure_kind::throttled;
    if (code == errc::unauthorized) return failure_kind::locked_out;
    if (is_passing(code)) return failure_kind::transient;
    const bool broken = is_one_of(
        code,
        {errc::tls_refused,
         errc::http_malformed,
         errc::http_limit,
         errc::redirected,
         errc::unexpected_content,
         errc::quota_exceeded}
    );
    return broken ? failure_kind::broken : failure_kind::answered;
}

bool is_retryable(const attempt_failure& failed) {
    const error_code& code = failed.why.code;
    if (code == errc::quota_exceeded || is_final_status(failed.status)) return false;
    if (failed.status >= 400)
        return failed.hint.should_retry.value_or(is_retryable_status(failed.status));
    return is_passing(code) || code == errc::rate_limited;
}

}  // namespace riva::llm
