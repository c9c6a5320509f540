#include "server_error.hpp"

#include "catch.hpp"
#include "error_text.hpp"

#include <string>

using namespace riva::llm;

TEST_CASE("server error is explained by status and words", "[server_error]") {
    const auto explain = [](unsigned status, std::string_view body) {
        return riva::llm::explain(status, read_error_body(body), "m", "KEY");
    };
    const std::string simple = R"({"error":{"message":"why","type":"t","param":null,"code":null}})";
    for (const unsigned status : {400u, 404u, 405u, 413u, 422u})
        CHECK(explain(status, simple).code == errc::bad_request);
    for (const unsigned status : {401u, 403u})
        CHECK(explain(status, simple).code == errc::unauthorized);
    for (const unsigned status : {408u, 409u, 425u, 500u, 502u, 503u, 504u, 529u})
        CHECK(explain(status, simple).code == errc::server_failed);
    CHECK(explain(429, simple).code == errc::rate_limited);
    CHECK(explain(402, simple).code == errc::quota_exceeded);
    CHECK(
        explain(429, R"({"error":{"message":"x","code":"insufficient_quota"}})").code ==
        errc::quota_exceeded
    );
    CHECK(
        explain(401, simple).context == "m refused the key (HTTP 401): why; check the key in KEY"
    );
    CHECK(
        explain(404, R"({"detail":"Not Found"})").context ==
        "m refused the request (HTTP 404): Not Found; check the model's name and the base URL"
    );
    CHECK(explain(400, R"({"error":"bad"})").context == "m refused the request (HTTP 400): bad");
    CHECK(
        explain(400, R"({"error":{"type":"t"}})").context == "m refused the request (HTTP 400): t"
    );
    CHECK(
        explain(503, "<html>\n<h1>Bad gateway</h1>").context ==
        "m failed (HTTP 503); try again later"
    );
    CHECK(
        explain(500, "oh\nno\x1b[31m").context ==
        "m failed (HTTP 500): oh\\nno\\x1b[31m; try again later"
    );
    CHECK(explain(500, "").context == "m failed (HTTP 500); try again later");
    const std::string flood = explain(500, std::string(5000, 'x')).context;
    CHECK(flood == "m failed (HTTP 500): " + std::string(300, 'x') + "...; try again later");
}
