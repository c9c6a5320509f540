#include <riva/llm/charge.hpp>

#include <riva/llm/error.hpp>

#include <algorithm>
#include <array>

namespace riva::llm {
namespace {

constexpr std::array not_answered{
    errc::invalid_spec,
    errc::connect_failed,
    errc::connect_timed_out,
    errc::tls_refused,
    errc::redirected,
    errc::bad_request,
    errc::unauthorized,
    errc::quota_exceeded,
    errc::rate_limited,
};

constexpr std::array ended_by_the_model{errc::refused_by_model, errc::schema_mismatch};

template <std::size_t Size>
bool is_one_of(const error_code& code, const std::array<errc, Size>& all) {
    return std::ranges::any_of(all, [&](errc each) { return code == each; });
}

}  // namespace

token_usage charge_after(const error_code& failure, const request_size& size) {
    token_usage charged;
    if (is_one_of(failure, not_answered)) return charged;
    // A status of 500 and its like is not charged for; an error in the middle of an answer is.
    if (failure == errc::server_failed && size.answered == 0) return charged;
    if (failure != errc::server_failed && !is_one_of(failure, ended_by_the_model))
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
