#include "wire_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <dirent.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace riva::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct wire::stream {
    explicit stream(tcp::socket accepted) : socket(std::move(accepted)) {}

    std::size_t read(asio::mutable_buffer into) {
        error_code ended;
        return tls ? tls->read_some(into, ended) : socket.read_some(into, ended);
    }

    tcp::socket socket;
    std::optional<asio::ssl::stream<tcp::socket&>> tls;
    std::promise<void> ending;  // the server ends
};

std::string wire::request() {
    constexpr std::string_view length_field = "Content-Length: ";
    for (;;) {
        const std::size_t head_end = received_.find("\r\n\r\n");
        if (head_end != received_.npos) {
            const std::size_t at = received_.find(length_field);
            std::size_t size = head_end + 4;
            if (at < head_end) size += std::stoul(received_.substr(at + length_field.size()));
            if (received_.size() >= size) {
                std::string whole = received_.substr(0, size);
                received_.erase(0, size);
                return whole;
            }
        }
        std::string more(64 * 1024, '\0');
        more.resize(stream_.read(asio::buffer(more)));
        if (more.empty()) return "";
        received_ += more;
    }
}

std::string wire::rest() {
    std::string all = std::exchange(received_, {});
    std::string more(64 * 1024, '\0');
    while (const std::size_t size = stream_.read(asio::buffer(more))) all.append(more, 0, size);
    return all;
}

void wire::send(std::string_view bytes) {
    error_code gone;
    if (stream_.tls)
        asio::write(*stream_.tls, asio::buffer(bytes.data(), bytes.size()), gone);
    else
        asio::write(stream_.socket, asio::buffer(bytes.data(), bytes.size()), gone);
}

void wire::read_nothing() {
    stream_.ending.get_future().wait();
}

void wire::reset() {
    error_code ignored;
    stream_.socket.set_option(asio::socket_base::linger(true, 0), ignored);
}

struct wire_server::state {
    void accept();
    void serve(tcp::socket accepted);
    /// Names the connection that `stop` interrupts.
    void watch(wire::stream* stream);
    void interrupt();
    void stop();

    asio::io_context io{1};
    tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    handler answer;
    std::optional<asio::ssl::context> tls;
    std::atomic<int> connections{0};
    std::mutex mutex;
    bool stopping = false;
    wire::stream* current = nullptr;
    std::thread thread;
};

void wire_server::state::interrupt() {
    if (current == nullptr) return;
    ::shutdown(current->socket.native_handle(), SHUT_RDWR);
    current->ending.set_value();
}

void wire_server::state::watch(wire::stream* stream) {
    const std::lock_guard lock(mutex);
    current = stream;
    if (stopping) interrupt();
}

void wire_server::state::stop() {
    const std::lock_guard lock(mutex);
    stopping = true;
    ::shutdown(acceptor.native_handle(), SHUT_RDWR);
    interrupt();
}

void wire_server::state::serve(tcp::socket accepted) {
    const int nth = ++connections;
    wire::stream stream(std::move(accepted));
    watch(&stream);
    error_code failed;
    if (tls) {
        stream.tls.emplace(stream.socket, *tls);
        stream.tls->handshake(asio::ssl::stream_base::server, failed);
    }
    if (!failed) {
        wire client(stream);
        answer(client, nth);
    }
    watch(nullptr);
}

void wire_server::state::accept() {
    for (;;) {
        error_code failed;
        tcp::socket accepted = acceptor.accept(failed);
        if (failed) return;
        serve(std::move(accepted));
    }
}

wire_server::wire_server(handler serve) : state_(std::make_unique<state>()) {
    state_->answer = std::move(serve);
    start();
}

wire_server::wire_server(handler serve, const certificate& identity, int version)
    : state_(std::make_unique<state>()) {
    state_->answer = std::move(serve);
    asio::ssl::context& tls = state_->tls.emplace(asio::ssl::context::tls_server);
    tls.use_certificate_chain(asio::buffer(identity.pem));
    tls.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
    if (version != 0) {
        SSL_CTX_set_security_level(tls.native_handle(), 0);
        SSL_CTX_set_min_proto_version(tls.native_handle(), version);
        SSL_CTX_set_max_proto_version(tls.native_handle(), version);
    }
    start();
}

void wire_server::start() {
    state_->thread = std::thread([s = state_.get()] { s->accept(); });
}

wire_server::~wire_server() {
    state_->stop();
    state_->thread.join();
}

std::uint16_t wire_server::port() const {
    return state_->acceptor.local_endpoint().port();
}

int wire_server::connections() const {
    return state_->connections;
}

wire_server::handler answering(std::vector<std::string> responses) {
    const auto next = std::make_shared<std::size_t>(0);
    return [responses = std::move(responses), next](wire& client, int) {
        while (!client.request().empty()) {
            const std::string& each = responses[std::min(*next, responses.size() - 1)];
            ++*next;
            if (each.empty()) return;
            client.send(each);
        }
    };
}

std::string response(std::string_view status, std::string_view body, std::string_view fields) {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::uint16_t closed_port() {
    asio::io_context io;
    return tcp::acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
        .local_endpoint()
        .port();
}

struct full_listener::state {
    asio::io_context io{1};
    tcp::acceptor acceptor{io, tcp::v4()};
    std::vector<tcp::socket> waiting;
};

full_listener::full_listener() : state_(std::make_unique<state>()) {
    tcp::acceptor& acceptor = state_->acceptor;
    acceptor.bind({asio::ip::address_v4::loopback(), 0});
    acceptor.listen(0);
    for (int i = 0; i < 4; ++i) {
        tcp::socket& each = state_->waiting.emplace_back(state_->io, tcp::v4());
        each.native_non_blocking(true);
        const tcp::endpoint peer = acceptor.local_endpoint();
        ::connect(each.native_handle(), peer.data(), static_cast<socklen_t>(peer.size()));
    }
}

full_listener::~full_listener() = default;

std::uint16_t full_listener::port() const {
    return state_->acceptor.local_endpoint().port();
}

int sockets_to(std::uint16_t port) {
    DIR* const open_files = ::opendir("/proc/self/fd");
    int found = 0;
    while (const dirent* entry = ::readdir(open_files)) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        const int file = std::atoi(entry->d_name);
        if (::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
        found += peer.sin_family == AF_INET && ntohs(peer.sin_port) == port;
    }
    ::closedir(open_files);
    return found;
}

}  // namespace riva::test
