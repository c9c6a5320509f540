#include "loopback.hpp"

#include <riva/llm/http_client.hpp>

#include <boost/asio/ip/address.hpp>

namespace riva::llm {

bool is_loopback(std::string_view host) {
    if (host == "localhost") return true;
    error_code failed;
    const auto address = asio::ip::make_address(host, failed);
    return !failed && address.is_loopback();
}

bool is_on_loopback(std::string_view base_url) {
    const auto parsed = parse_base_url(base_url);
    return parsed && is_loopback(parsed->first.host);
}

}  // namespace riva::llm
