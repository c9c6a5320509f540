#include "tunnel.hpp"

#include "http_parser.hpp"

#include <string>

namespace riva::llm {
namespace {

std::string connect_request(const http_proxy& through, const http_origin& to) {
    const std::string place = authority(to);
    std::string head =
        "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\nUser-Agent: riva\r\n";
    if (!through.authorization.empty())
        head += "Proxy-Authorization: " + through.authorization + "\r\n";
    return head + "\r\n";
}

asio::awaitable<result<void>> read_header(connection& link, http_parser& parser, patience wait) {
    while (!parser.header_complete()) {
        const auto got = link.receive();
        if (!got) co_return got.error();
        if (*got == connection::received::nothing) {
            co_await link.wait(wait);
            continue;
        }
        const auto taken = parser.feed(link.unread());
        if (!taken) co_return taken.error();
        if (*got == connection::received::end)
            if (const auto closed = parser.close(); !closed) co_return closed.error();
        link.consume(taken->consumed);
    }
    co_return result<void>();
}

/// What of a complete answer forbids to go on.
result<void> judge(const http_parser& parser, std::string_view rest) {
    const unsigned status = parser.status();
    const std::string code = "HTTP " + std::to_string(status);
    if (status == 407)
        return error{
            errc::connect_failed,
            "it wants a name and a password (" + code +
                "), write them as USER:PASSWORD@ before its host"
        };
    if (status < 200 || status > 299)
        return error{errc::connect_failed, "it does not connect to there (" + code + ")"};
    if (!rest.empty())
        return error{errc::http_malformed, "it sends bytes before the server was asked for any"};
    return {};
}

}  // namespace

asio::awaitable<result<void>> open_tunnel(
    connection& link, const http_proxy& through, const http_origin& to, patience wait
) {
    const std::string head = connect_request(through, to);
    const auto written = co_await link.write(head, {}, wait);
    if (!written) co_return written.error();
    http_parser parser;
    parser.expect_no_body();
    const auto read = co_await read_header(link, parser, wait);
    if (!read) co_return read.error();
    co_return judge(parser, link.unread());
}

}  // namespace riva::llm
