#include "catch.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/http_client.hpp>

using riva::llm::parse_base_url;

TEST_CASE("parse_base_url takes origin and path apart", "[base_url]") {
    const auto read = parse_base_url("http://127.0.0.1:8080/v1/");
    REQUIRE(read.has_value());
    CHECK(read->first == riva::llm::http_origin{false, "127.0.0.1", "8080"});
    CHECK(read->second == "/v1");
}

TEST_CASE("a host name that begins like an address is not taken for that address", "[base_url]") {
    for (const auto* url :
         {"http://127.0.0.1.example.com/v1", "https://10.0.0.1.example.com:8443"}) {
        CAPTURE(url);
        const auto read = parse_base_url(url);
        REQUIRE(read.has_error());
        CHECK(read.error().code == riva::llm::errc::invalid_spec);
    }
}
