#include <riva/llm/charge.hpp>

#include "is_one_of.hpp"

#include <algorithm>

namespace riva::llm {
namespace {

bool is_unanswered(const error_code& failure) {
    return is_one_of(
        failure,
        {errc::invalid_spec,
         errc::connect_failed,
         errc::connect_timed_out,
         errc::tls_refused,
         errc::redirected,
         errc::bad_request,
         errc::unauthorized,
         errc::quota_exceeded,
         errc::rate_limited}
    );
}

bool is_ended_by_the_model(const error_code& failure) {
    return is_one_of(failure, {errc::refused_by_model, errc::schema_mismatch});
}

}  // namespace

token_usage charge_after(const error_code& failure, const request_size& size) {
    token_usage charged;
    if (is_unanswered(failure)) return charged;
    // A status of 500 and its like is not charged for; an error in the middle of an answer is.
    if (failure == errc::server_failed && size.answered == 0) return charged;
    if (failure != errc::server_failed && !is_ended_by_the_model(failure))
        return worst_charge(size);
    charged.input = size.input;
    charged.output = size.answered;
    return charged;
}

token_usage worst_charge(const request_size& size) {
    token_usage charged;
    charged.input = size.input;
    charged.output = std::max(size.most_output, size.answered);
    return charged;
}

}  // namespace riva::llm
