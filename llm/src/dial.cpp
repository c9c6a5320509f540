#include "dial.hpp"

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

asio::awaitable<result<endpoints>> look_up(http_origin origin, patience wait) {
    std::uint16_t port = 0;
    std::from_chars(origin.port.data(), origin.port.data() + origin.port.size(), port);
    error_code ec;
    const auto literal = asio::ip::make_address(origin.host, ec);
    if (!ec) co_return endpoints{{literal, port}};
    if (origin.host == "localhost")
        co_return endpoints{
            {asio::ip::address_v4::loopback(), port}, {asio::ip::address_v6::loopback(), port}
        };
    co_return co_await ask_resolver(std::move(origin), wait);
}

/// The addresses share the time that is left, so that a silent one cannot use it all up.
patience share(patience whole, std::size_t left) {
    const auto part = whole.by.remaining() / static_cast<int>(left);
    return {left == 1 ? whole.by : min(whole.by, deadline::in(part)), whole.late};
}

asio::awaitable<result<std::unique_ptr<connection>>> connect_any(
    http_origin origin, patience wait
) {
    const auto executor = co_await asio::this_coro::executor;
    auto found = co_await look_up(origin, wait);
    if (!found) co_return found.error();
    const endpoints peers = std::move(*found);
    error last;
    for (std::size_t i = 0; i < peers.size(); ++i) {
        auto link = std::make_unique<connection>(executor, origin);
        const auto connected = co_await link->connect(peers[i], share(wait, peers.size() - i));
        if (connected) co_return std::move(link);
        last = connected.error();
    }
    co_return last;
}

}  // namespace

asio::awaitable<result<std::unique_ptr<connection>>> dial(
    http_origin origin, http_limits limits, tls_context* tls, deadline by
) {
    const patience reach = patience_for(limits.connect, errc::connect_timed_out, by);
    auto link = co_await connect_any(std::move(origin), reach);
    if (!link || tls == nullptr) co_return link;
    const patience shake = patience_for(limits.tls, errc::connect_timed_out, by);
    const auto secured = co_await (*link)->start_tls(*tls, shake);
    if (!secured) co_return secured.error();
    co_return link;
}

}  // namespace riva::llm
