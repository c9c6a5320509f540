#include "proxy.hpp"

#include "catch.hpp"
#include "error_text.hpp"

#include <riva/llm/error.hpp>

#include <map>
#include <string>

using namespace riva::llm;

namespace {

proxy_settings in(std::map<std::string, std::string> variables) {
    return proxies_in_environment([&](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::string() : found->second;
    });
}

http_origin at(const std::string& host, const std::string& port = "443") {
    return {true, host, port};
}

bool goes_directly(const http_origin& to, const std::string& exceptions) {
    const auto found = proxy_for(to, {"", "http://proxy.example:3128", exceptions});
    REQUIRE(found);
    return !found->has_value();
}

}  // namespace

TEST_CASE("proxies are read from the variables that curl reads", "[proxy]") {
    const auto none = in({});
    CHECK(none.http + none.https + none.exceptions == "");
    const auto capitals = in({{"HTTPS_PROXY", "a"}, {"HTTP_PROXY", "b"}, {"NO_PROXY", "c"}});
    CHECK(capitals.https == "a");
    CHECK(capitals.http == "b");
    CHECK(capitals.exceptions == "c");
    const auto both =
        in({{"https_proxy", "small"}, {"HTTPS_PROXY", "large"}, {"all_proxy", "all"}});
    CHECK(both.https == "small");
    CHECK(both.http == "all");
    // In CGI, HTTP_PROXY is what a client sent as the header Proxy.
    const auto cgi = in({{"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", "GET"}});
    CHECK(cgi.http == "");
}

TEST_CASE("a proxy is a host and a port, perhaps with a password", "[proxy]") {
    const auto read = [](const std::string& setting) {
        return proxy_for(at("api.example"), {"", setting, ""});
    };
    const auto plain = read("http://proxy.example:3128");
    REQUIRE(plain);
    CHECK((*plain)->at == http_origin{false, "proxy.example", "3128"});
    CHECK((*plain)->authorization == "");
    CHECK((*read("proxy.example"))->at == http_origin{false, "proxy.example", "80"});
    CHECK((*read("10.0.0.1:8080"))->at == http_origin{false, "10.0.0.1", "8080"});
    CHECK((*read("http://[::2]:8080/"))->at == http_origin{false, "::2", "8080"});
    CHECK((*read("http://me:p%40ss@proxy.example"))->authorization == "Basic bWU6cEBzcw==");
    for (const auto* bad :
         {"https://proxy.example",
          "socks5://me:secret@proxy.example",
          "http://",
          "http://a b",
          "http://proxy.example:0",
          "http://me:secret@:80"}) {
        CAPTURE(bad);
        const auto refused = read(bad);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == errc::invalid_spec);
        CHECK(refused.error().context.find("secret") == std::string::npos);
        CHECK(refused.error().context.find("https_proxy") != std::string::npos);
    }
}

TEST_CASE("each scheme has its own proxy", "[proxy]") {
    const proxy_settings only_http{"proxy.example", "", ""};
    CHECK_FALSE(proxy_for(at("api.example"), only_http)->has_value());
    CHECK(proxy_for({false, "api.example", "80"}, only_http)->has_value());
}

TEST_CASE("nothing for this machine goes through a proxy", "[proxy]") {
    for (const auto* host : {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
        CHECK(goes_directly(at(host), ""));
}

TEST_CASE("exceptions go directly", "[proxy]") {
    CHECK_FALSE(goes_directly(at("api.example"), ""));
    CHECK(goes_directly(at("api.example"), "*"));
    CHECK(goes_directly(at("api.example"), "other.example, API.example"));
    CHECK(goes_directly(at("a.api.example"), "api.example"));
    CHECK(goes_directly(at("a.api.example"), ".api.example"));
    CHECK(goes_directly(at("a.api.example"), "*.api.example"));
    CHECK_FALSE(goes_directly(at("bapi.example"), "api.example"));
    CHECK_FALSE(goes_directly(at("example"), "api.example"));
    CHECK(goes_directly(at("api.example"), "api.example:443"));
    CHECK_FALSE(goes_directly(at("api.example"), "api.example:8443"));
    CHECK(goes_directly(at("10.1.2.3"), "10.1.2.3"));
    CHECK(goes_directly(at("10.1.2.3"), "10.0.0.0/8"));
    CHECK(goes_directly(at("10.0.0.0"), "10.0.0.0/8"));
    CHECK(goes_directly(at("10.255.255.255"), "10.0.0.0/8"));
    CHECK_FALSE(goes_directly(at("11.1.2.3"), "10.0.0.0/8"));
    CHECK_FALSE(goes_directly(at("10.1.2.3"), "1.2.3"));
    CHECK(goes_directly(at("fd00::1"), "fd00::/8"));
    CHECK(goes_directly(at("fd00::1"), "[fd00::1]:443"));
    CHECK_FALSE(goes_directly(at("fe00::1"), "fd00::/8,junk/99,,:"));
}
