#include "served.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <thread>

namespace riva::test {

using asio::ip::tcp;

struct served::running {
    explicit running(llm::scripted_server s) : server(std::move(s)) {}

    asio::io_context io{1};
    llm::scripted_server server;
    asio::cancellation_signal stop;
    std::thread thread;
};

served::served(llm::scripted_server server)
    : running_(std::make_unique<running>(std::move(server))) {
    running& r = *running_;
    port_ = r.server.listen(r.io.get_executor()).value();
    asio::co_spawn(
        r.io,
        r.server.serve(),
        asio::bind_cancellation_slot(r.stop.slot(), [](std::exception_ptr) {})
    );
    r.thread = std::thread([&r] { r.io.run(); });
}

served::served(std::string_view script)
    : served(llm::scripted_server::from_script(script, {"127.0.0.1", 0, 1, 0}).value()) {}

served::~served() {
    running& r = *running_;
    asio::post(r.io, [&r] { r.stop.emit(asio::cancellation_type::terminal); });
    r.thread.join();
}

struct raw_client::socket {
    asio::io_context io{1};
    tcp::socket stream{io};
};

raw_client::raw_client(std::uint16_t port) : socket_(std::make_unique<socket>()) {
    socket_->stream.connect({asio::ip::address_v4::loopback(), port});
}

raw_client::~raw_client() = default;

void raw_client::send(std::string_view bytes) {
    asio::write(socket_->stream, asio::buffer(bytes.data(), bytes.size()));
}

std::string raw_client::receive() {
    std::string bytes(64 * 1024, '\0');
    error_code failed;
    bytes.resize(socket_->stream.read_some(asio::buffer(bytes), failed));
    if (failed == asio::error::connection_reset) reset_ = true;
    return bytes;
}

std::string raw_client::receive_all() {
    std::string all = std::exchange(received_, "");
    for (std::string more = receive(); !more.empty(); more = receive()) all += more;
    return all;
}

void raw_client::close() {
    socket_->stream.close();
}

namespace {

std::string lower(std::string_view text) {
    std::string low(text);
    for (char& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return low;
}

/// Takes one response from the beginning of `bytes`; false when more bytes may complete it.
bool take_response(std::string& bytes, raw_response& r) {
    r = {};
    const std::size_t head_end = bytes.find("\r\n\r\n");
    if (head_end == bytes.npos) return false;
    r.status = static_cast<unsigned>(std::stoul(bytes.substr(9, 3)));
    for (std::size_t at = bytes.find("\r\n") + 2; at < head_end;) {
        const std::size_t end = bytes.find("\r\n", at);
        const std::size_t colon = bytes.find(": ", at);
        r.headers[lower(bytes.substr(at, colon - at))] = bytes.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    std::size_t at = head_end + 4;
    if (const auto length = r.headers.find("content-length"); length != r.headers.end()) {
        const std::size_t wanted = std::stoul(length->second);
        r.body = bytes.substr(at, wanted);
        r.complete = r.body.size() == wanted;
        at += r.body.size();
    } else if (r.headers.count("transfer-encoding") != 0) {
        while (!r.complete) {
            const std::size_t line = bytes.find("\r\n", at);
            if (line == bytes.npos) return false;
            const std::size_t size = std::stoul(bytes.substr(at, line - at), nullptr, 16);
            if (bytes.size() < line + 4 + size) return false;
            r.complete = size == 0;
            if (size > 0) r.chunks.push_back(bytes.substr(line + 2, size));
            r.body += bytes.substr(line + 2, size);
            at = line + 4 + size;
        }
    } else {
        r.body = bytes.substr(at);
        return false;
    }
    if (r.complete) bytes.erase(0, at);
    return r.complete;
}

}  // namespace

raw_response raw_client::response() {
    raw_response r;
    while (!take_response(received_, r)) {
        const std::string more = receive();
        if (more.empty()) break;
        received_ += more;
    }
    return r;
}

std::string post(std::string_view body, std::string_view path) {
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string ask(std::string_view message, bool stream, std::string_view more) {
    std::string body = R"({"model":"test-small","messages":[{"role":"user","content":")" +
                       std::string(message) + R"("}])";
    if (stream) body += R"(,"stream":true)";
    return post(body + std::string(more) + "}");
}

raw_response fetch(std::uint16_t port, std::string_view request) {
    raw_client client(port);
    client.send(request);
    return client.response();
}

std::string get(std::uint16_t port, std::string_view path) {
    return fetch(port, "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n").body;
}

std::vector<std::string> event_data(const std::string& body) {
    constexpr std::string_view field = "data: ";
    std::vector<std::string> data;
    for (std::size_t at = body.find(field); at != body.npos; at = body.find(field, at)) {
        at += field.size();
        data.push_back(body.substr(at, body.find_first_of("\r\n", at) - at));
    }
    return data;
}

std::string streamed_text(const std::string& body) {
    std::string text;
    for (const std::string& data : event_data(body)) {
        if (data == "[DONE]") continue;
        const auto event = boost::json::parse(data);
        const auto* choices = event.as_object().if_contains("choices");
        if (!choices || choices->as_array().empty()) continue;
        const auto& delta = choices->as_array()[0].at("delta").as_object();
        const auto* content = delta.if_contains("content");
        if (content && content->is_string()) text += std::string_view(content->as_string());
    }
    return text;
}

}  // namespace riva::test
