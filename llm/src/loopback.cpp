#include "loopback.hpp"

#include <riva/llm/http_client.hpp>

#include <boost/asio/ip/address.hpp>

namespace riva::llm {

bool is_on_loopback(std::string_view base_url) {
    const auto parsed = parse_base_url(base_url);
    if (!parsed) return false;
    const std::string& host = parsed->first.host;
    if (host == "localhost") return true;
    error_code failed;
    const auto address = asio::ip::make_address(host, failed);
    return !failed && address.is_loopback();
}

}  // namespace riva::llm
