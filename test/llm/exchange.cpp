#include "exchange.hpp"

#include "run.hpp"

#include <utility>

namespace riva::test {

llm::http_request post_to(std::uint16_t port) {
    llm::http_request request;
    request.origin = {false, "127.0.0.1", std::to_string(port)};
    request.body = "{}";
    return request;
}

llm::http_request post_to(std::uint16_t port, std::string host) {
    llm::http_request request = post_to(port);
    request.origin = {true, std::move(host), std::to_string(port)};
    return request;
}

asio::awaitable<result<exchanged>> exchange(
    llm::http_client& client, llm::http_request request, deadline by
) {
    auto response = co_await client.send(std::move(request), by);
    if (!response) co_return response.error();
    exchanged whole{response->status(), ""};
    for (;;) {
        const auto piece = co_await response->read(by);
        if (!piece) co_return piece.error();
        if (piece->empty()) co_return whole;
        whole.body += *piece;
    }
}

namespace {

asio::awaitable<void> exchange_into(
    result<exchanged>& out, llm::http_client& client, llm::http_request request, deadline by
) {
    out = co_await exchange(client, std::move(request), by);
}

}  // namespace

result<exchanged> exchange_once(
    llm::http_request request, llm::http_limits limits, deadline by, std::string ca_file
) {
    result<exchanged> out = exchanged();
    run([&]() -> asio::awaitable<void> {
        llm::http_client client(limits, std::move(ca_file));
        co_await exchange_into(out, client, std::move(request), by);
    });
    return out;
}

}  // namespace riva::test
