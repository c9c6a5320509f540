#include "serving.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <thread>

namespace riva::cli {

struct serving::state {
    explicit state(llm::scripted_server s) : server(std::move(s)) {}

    boost::asio::io_context io{1};
    boost::asio::cancellation_signal stop;
    llm::scripted_server server;
    std::uint16_t port = 0;
    std::thread thread;
};

serving::serving() = default;

result<std::unique_ptr<serving>> serving::start(llm::scripted_server server) {
    auto s = std::make_unique<state>(std::move(server));
    const auto port = s->server.listen(s->io.get_executor());
    if (!port) return port.error();
    s->port = *port;
    boost::asio::co_spawn(
        s->io,
        s->server.serve(),
        boost::asio::bind_cancellation_slot(s->stop.slot(), [](std::exception_ptr) {})
    );
    s->thread = std::thread([state = s.get()] { state->io.run(); });
    std::unique_ptr<serving> started(new serving);
    started->state_ = std::move(s);
    return started;
}

serving::~serving() {
    if (!state_) return;
    boost::asio::post(state_->io, [this] {
        state_->stop.emit(boost::asio::cancellation_type::terminal);
    });
    state_->thread.join();
}

std::uint16_t serving::port() const {
    return state_->port;
}

}  // namespace riva::cli
