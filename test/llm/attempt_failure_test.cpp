#include <riva/llm/attempt_failure.hpp>

#include "catch.hpp"

using riva::llm::attempt_failure;
using riva::llm::errc;
using riva::llm::is_retryable;

namespace {

attempt_failure failure(errc code, unsigned status = 0, riva::llm::retry_hint hint = {}) {
    return {{code, "it failed"}, status, hint};
}

}  // namespace

TEST_CASE("only failures that may pass are worth another attempt", "[governor]") {
    for (const unsigned status : {408u, 409u, 425u, 500u, 502u, 503u, 504u, 529u})
        CHECK(is_retryable(failure(errc::server_failed, status)));
    for (const unsigned status : {400u, 403u, 404u, 413u, 422u})
        CHECK_FALSE(is_retryable(failure(errc::bad_request, status, {true, {}})));
    CHECK_FALSE(is_retryable(failure(errc::unauthorized, 401, {true, {}})));
    CHECK_FALSE(is_retryable(failure(errc::server_failed, 501)));
    CHECK(is_retryable(failure(errc::server_failed, 501, {true, {}})));
    CHECK(is_retryable(failure(errc::rate_limited, 429)));
    CHECK_FALSE(is_retryable(failure(errc::rate_limited, 429, {false, {}})));
    CHECK_FALSE(is_retryable(failure(errc::quota_exceeded, 429, {true, {}})));
    for (const errc code :
         {errc::connect_failed,
          errc::connection_lost,
          errc::connect_timed_out,
          errc::header_timed_out,
          errc::idle_timed_out,
          errc::truncated_answer,
          errc::server_failed})
        CHECK(is_retryable(failure(code)));
    for (const errc code :
         {errc::tls_refused,
          errc::total_timed_out,
          errc::http_malformed,
          errc::http_limit,
          errc::redirected,
          errc::unexpected_content,
          errc::malformed_answer,
          errc::answer_too_long,
          errc::refused_by_model,
          errc::bad_request})
        CHECK_FALSE(is_retryable(failure(code, 200)));
}
