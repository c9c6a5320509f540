#include "dial.hpp"

#include "tunnel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace riva::llm {
namespace {

using asio::ip::tcp;
using endpoints = std::vector<tcp::endpoint>;

constexpr std::size_t most_addresses = 8;

/// A look-up under way. Its handler owns it, so a caller that gives up can go: the blocking
/// look-up cannot be stopped, and nobody should wait for it.
struct name_query {
    explicit name_query(const asio::any_io_executor& executor)
        : resolver(executor), answered(executor) {}

    tcp::resolver resolver;
    asio::steady_timer answered;
    endpoints found;
    error_code failure;
    bool done = false;
};

/// IPv6 and IPv4 in turn, in the order in which the resolver prefers them.
endpoints interleaved(const tcp::resolver::results_type& results) {
    endpoints preferred;
    endpoints other;
    for (const auto& each : results) {
        const tcp::endpoint peer = each.endpoint();
        const bool same = preferred.empty() || preferred[0].protocol() == peer.protocol();
        (same ? preferred : other).push_back(peer);
    }
    endpoints mixed;
    for (std::size_t i = 0; i < std::max(preferred.size(), other.size()); ++i) {
        if (i < preferred.size()) mixed.push_back(preferred[i]);
        if (i < other.size()) mixed.push_back(other[i]);
    }
    mixed.resize(std::min(mixed.size(), most_addresses));
    return mixed;
}

asio::awaitable<result<endpoints>> ask_resolver(http_origin origin, patience wait) {
    const auto query = std::make_shared<name_query>(co_await asio::this_coro::executor);
    query->answered.expires_at(wait.by.when());
    query->resolver.async_resolve(
        origin.host,
        origin.port,
        tcp::resolver::numeric_service,
        [query](error_code ec, const tcp::resolver::results_type& results) {
            query->done = true;
            query->failure = ec;
            query->found = interleaved(results);
            query->answered.cancel();
        }
    );
    struct give_up {
        name_query& query;
        ~give_up() { query.resolver.cancel(); }
    } on_exit{*query};
    co_await query->answered.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
    if (!query->done)
        co_return error{wait.late, "the name " + origin.host + " is not resolved in time"};
    if (query->failure || query->found.empty())
        co_return error{
            errc::connect_failed,
            "cannot find the host " + origin.host + " (" + query->failure.message() +
                "); check the base URL and the network"
        };
    co_return std::move(query->found);
}

/// The addresses of an origin that needs no look-up, or none.
endpoints known_addresses(const http_origin& origin) {
    std::uint16_t port = 0;
    std::from_chars(origin.port.data(), origin.port.data() + origin.port.size(), port);
    error_code ec;
    const auto literal = asio::ip::make_address(origin.host, ec);
    if (!ec) return {{literal, port}};
    if (origin.host != "localhost") return {};
    return {{asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}};
}

/// The addresses share the time that is left, so that a silent one cannot use it all up.
patience share(patience whole, std::size_t left) {
    const auto part = whole.by.remaining() / static_cast<int>(left);
    return {left == 1 ? whole.by : min(whole.by, deadline::in(part)), whole.late};
}

asio::awaitable<result<std::unique_ptr<connection>>> connect_any(
    const http_origin& origin, patience wait
) {
    const auto executor = co_await asio::this_coro::executor;
    endpoints peers = known_addresses(origin);
    if (peers.empty()) {
        auto found = co_await ask_resolver(origin, wait);
        if (!found) co_return found.error();
        peers = std::move(*found);
    }
    for (std::size_t i = 0;; ++i) {
        auto link = std::make_unique<connection>(executor, origin);
        co_await link->connect(peers[i], share(wait, peers.size() - i));
        const auto connected = link->connected();
        if (connected) co_return std::move(link);
        if (i + 1 == peers.size()) co_return connected.error();
    }
}

error by_proxy(const error& why, const http_proxy& proxy, const http_origin& to) {
    return {
        why.code,
        "the proxy " + authority(proxy.at) + " is of no use for " + to.host + ": " + why.context +
            "; check " + (to.tls ? "https_proxy" : "http_proxy") + " and no_proxy"
    };
}

asio::awaitable<result<std::unique_ptr<connection>>> connect_through(
    const http_proxy& proxy, const http_origin& origin, patience wait
) {
    auto link = co_await connect_any(proxy.at, wait);
    if (!link) co_return by_proxy(link.error(), proxy, origin);
    if (origin.tls) {
        const auto open = co_await open_tunnel(**link, proxy, origin, wait);
        if (!open) co_return by_proxy(open.error(), proxy, origin);
    }
    (*link)->lead_to(origin);
    co_return link;
}

asio::awaitable<result<std::unique_ptr<connection>>> connect(
    const http_origin& origin, const http_proxy* proxy, patience wait
) {
    if (proxy != nullptr) return connect_through(*proxy, origin, wait);
    return connect_any(origin, wait);
}

asio::awaitable<result<std::unique_ptr<connection>>> dial_tls(
    const http_origin& origin, const http_limits& limits, way there, deadline by
) {
    const patience reach = patience_for(limits.connect, errc::connect_timed_out, by);
    auto link = co_await connect(origin, there.proxy, reach);
    if (!link) co_return link;
    const patience shake = patience_for(limits.tls, errc::connect_timed_out, by);
    const auto secured = co_await (*link)->start_tls(*there.tls, shake);
    if (!secured) co_return secured.error();
    co_return link;
}

}  // namespace

asio::awaitable<result<std::unique_ptr<connection>>> dial(
    const http_origin& origin, const http_limits& limits, way there, deadline by
) {
    if (there.tls != nullptr) return dial_tls(origin, limits, there, by);
    const patience reach = patience_for(limits.connect, errc::connect_timed_out, by);
    return connect(origin, there.proxy, reach);
}

}  // namespace riva::llm
