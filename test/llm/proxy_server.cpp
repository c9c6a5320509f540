#include "proxy_server.hpp"

#include <riva/runtime/task_group.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <exception>
#include <mutex>
#include <thread>

namespace riva::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using shared_socket = std::shared_ptr<tcp::socket>;

struct proxy_server::state {
    explicit state(std::uint16_t where)
        : target(asio::ip::address_v4::loopback(), where),
          acceptor(io, {asio::ip::address_v4::loopback(), 0}) {}

    asio::awaitable<void> accept();
    asio::awaitable<void> serve(shared_socket client);
    static asio::awaitable<void> pump(shared_socket from, shared_socket to);

    tcp::endpoint target;
    asio::io_context io{1};
    tcp::acceptor acceptor;
    task_group work{64};
    std::thread thread;
    mutable std::mutex guard;
    std::vector<std::string> heads;
};

asio::awaitable<void> proxy_server::state::accept() {
    for (;;) {
        auto client =
            std::make_shared<tcp::socket>(co_await acceptor.async_accept(asio::use_awaitable));
        work.add([this, client] { return serve(client); });
    }
}

asio::awaitable<void> proxy_server::state::serve(shared_socket client) {
    std::string head;
    co_await asio::async_read_until(
        *client, asio::dynamic_buffer(head), "\r\n\r\n", asio::use_awaitable
    );
    {
        const std::lock_guard held(guard);
        heads.push_back(head);
    }
    auto server = std::make_shared<tcp::socket>(io);
    co_await server->async_connect(target, asio::use_awaitable);
    const std::string opened = "HTTP/1.1 200 Connection established\r\n\r\n";
    co_await asio::async_write(*client, asio::buffer(opened), asio::use_awaitable);
    work.add([server, client] { return pump(server, client); });
    co_await pump(client, server);
}

asio::awaitable<void> proxy_server::state::pump(shared_socket from, shared_socket to) {
    std::array<char, 4096> bytes{};
    boost::system::error_code ended;
    while (!ended) {
        const auto size = co_await from->async_read_some(
            asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ended)
        );
        if (ended) break;
        co_await asio::async_write(
            *to, asio::buffer(bytes, size), asio::redirect_error(asio::use_awaitable, ended)
        );
    }
    to->shutdown(tcp::socket::shutdown_send, ended);
}

proxy_server::proxy_server(std::uint16_t target) : state_(std::make_unique<state>(target)) {
    state_->work.add([this] { return state_->accept(); });
    // Connections fail as their clients like, so what they throw is nobody's business.
    asio::co_spawn(
        state_->io,
        state_->work.run(),
        [](std::exception_ptr, const std::vector<std::exception_ptr>&) {}
    );
    state_->thread = std::thread([this] { state_->io.run(); });
}

proxy_server::~proxy_server() {
    asio::post(state_->io, [this] { state_->work.cancel(); });
    state_->thread.join();
}

std::uint16_t proxy_server::port() const {
    return state_->acceptor.local_endpoint().port();
}

std::vector<std::string> proxy_server::heads() const {
    const std::lock_guard held(state_->guard);
    return state_->heads;
}

}  // namespace riva::test
