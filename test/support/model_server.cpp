#include "model_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <thread>

namespace riva::test {

namespace asio = boost::asio;

struct model_server::state {
    explicit state(llm::scripted_server s) : server(std::move(s)) {}

    asio::io_context io{1};
    asio::cancellation_signal signal;
    llm::scripted_server server;
    std::uint16_t port = 0;
    std::thread thread;
};

namespace {

llm::scripted_server load(std::string_view script) {
    llm::scripted_server_options options;
    options.time_scale = 0;
    return llm::scripted_server::from_script(script, options).value();
}

}  // namespace

model_server::model_server(std::string_view script) : model_server(load(script)) {}

model_server::model_server(llm::scripted_server server)
    : state_(std::make_unique<state>(std::move(server))) {
    state_->port = state_->server.listen(state_->io.get_executor()).value();
    asio::co_spawn(
        state_->io,
        state_->server.serve(),
        asio::bind_cancellation_slot(state_->signal.slot(), [](std::exception_ptr) {})
    );
    state_->thread = std::thread([s = state_.get()] { s->io.run(); });
}

model_server::~model_server() {
    stop();
}

std::string model_server::spec() const {
    return "openai:test-large@http://127.0.0.1:" + std::to_string(state_->port) + "/v1";
}

std::uint16_t model_server::port() const {
    return state_->port;
}

void model_server::stop() {
    if (!state_->thread.joinable()) return;
    asio::post(state_->io, [s = state_.get()] {
        s->signal.emit(asio::cancellation_type::terminal);
    });
    state_->thread.join();
}

std::uint64_t model_server::requests() {
    stop();
    return state_->server.requests();
}

std::string model_server::journal() {
    stop();
    return state_->server.journal_json();
}

}  // namespace riva::test
