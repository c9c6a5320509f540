#include <riva/llm/charge.hpp>

#include "catch.hpp"

#include <riva/llm/error.hpp>

using namespace riva::llm;

namespace {

struct charged {
    std::int64_t input, output;
    friend bool operator==(const charged&, const charged&) = default;
};

charged after(errc failure, const request_size& size) {
    const token_usage used = charge_after(make_error_code(failure), size);
    return {used.input, used.output};
}

}  // namespace

TEST_CASE("a request that no model answered is charged nothing", "[charge]") {
    const errc failure = GENERATE(
        errc::connect_failed,
        errc::connect_timed_out,
        errc::tls_refused,
        errc::redirected,
        errc::bad_request,
        errc::unauthorized,
        errc::quota_exceeded,
        errc::rate_limited
    );
    CHECK(after(failure, {100, 0, 1000}) == charged{0, 0});
}

TEST_CASE("a server that fails is charged for what it had answered", "[charge]") {
    CHECK(after(errc::server_failed, {100, 0, 1000}) == charged{0, 0});
    CHECK(after(errc::server_failed, {100, 30, 1000}) == charged{100, 30});
}

TEST_CASE("an answer that cannot be used is charged as far as it went", "[charge]") {
    CHECK(after(errc::refused_by_model, {100, 30, 1000}) == charged{100, 30});
    CHECK(after(errc::schema_mismatch, {100, 30, 1000}) == charged{100, 30});
}

TEST_CASE("a request that was given up may have been answered in full", "[charge]") {
    const errc failure = GENERATE(
        errc::header_timed_out,
        errc::idle_timed_out,
        errc::total_timed_out,
        errc::connection_lost,
        errc::truncated_answer,
        errc::http_malformed,
        errc::answer_too_long
    );
    CHECK(after(failure, {100, 30, 1000}) == charged{100, 1000});
    CHECK(after(failure, {100, 1200, 1000}) == charged{100, 1200});
    CHECK(worst_charge({100, 0, 1000}).output == 1000);
}
