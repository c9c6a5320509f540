#include <riva/llm/failure_scope.hpp>

#include "is_one_of.hpp"

namespace riva::llm {

failure_scope scope_of(const error_code& why) {
    const bool about_the_answer = is_one_of(
        why,
        {errc::malformed_answer,
         errc::schema_mismatch,
         errc::answer_too_long,
         errc::refused_by_model,
         errc::truncated_answer}
    );
    if (about_the_answer) return failure_scope::answer;
    const bool about_the_configuration =
        is_one_of(why, {errc::unauthorized, errc::quota_exceeded, errc::tls_refused});
    return about_the_configuration ? failure_scope::configuration : failure_scope::endpoint;
}

}  // namespace riva::llm
