#include "scripted/record_session.hpp"

#include "scripted/call_reader.hpp"
#include "scripted/plain_response.hpp"
#include "scripted/transmission.hpp"

#include <boost/beast/core/flat_buffer.hpp>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <utility>

namespace riva::llm::scripted {

using asio::ip::tcp;

namespace {

// The fields of a response that say something about the answer.
constexpr std::array kept_fields{
    "Content-Type",
    "Retry-After",
    "Retry-After-Ms",
    "X-Should-Retry",
    "X-Request-Id",
    "Request-Id",
    "Location",
};

double ms_since(std::chrono::steady_clock::time_point then) {
    using ms = std::chrono::duration<double, std::milli>;
    return ms(std::chrono::steady_clock::now() - then).count();
}

// How many bytes at the end begin a character that is not whole yet.
std::size_t unfinished(std::string_view text) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
        const auto c = static_cast<unsigned char>(text[text.size() - back]);
        if ((c & 0xC0) == 0x80) continue;
        const std::size_t wanted = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
        return wanted > back ? back : 0;
    }
    return 0;
}

std::string chunk_of(std::string_view bytes) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), bytes.size(), 16).ptr;
    return std::string(digits.begin(), end) + "\r\n" + std::string(bytes) + "\r\n";
}

recorded_response begun(const http_response& given) {
    recorded_response r;
    r.status = given.status();
    for (const auto* name : kept_fields)
        if (const auto value = given.header(name); !value.empty())
            r.headers.emplace_back(name, std::string(value));
    r.stream = given.header("Content-Length").empty();
    return r;
}

std::string head_of(const recorded_response& r) {
    std::string head = "HTTP/1.1 " + std::to_string(r.status) + " Recorded\r\n";
    for (const auto& [name, value] : r.headers) head += name + ": " + value + "\r\n";
    return head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
}

asio::awaitable<void> refuse(
    tcp::socket& socket, const http_call& call, const recorder& recorder, std::string why
) {
    const std::string body = recorder.failure(call, why);
    const transmission form = transmit_form(json_response(502, body), {}, {false, true, false});
    co_await write_all(socket, form.pieces.front().bytes);
}

// Reads the answer to its end, passing back all but the end. False when it ended too early, on
// either side.
asio::awaitable<bool> pass_back(
    tcp::socket& socket, http_response& given, recorded_response& kept
) {
    auto since = std::chrono::steady_clock::now();
    std::string open;  // of a character whose other bytes are still to come
    for (;;) {
        const auto bytes = co_await given.read(deadline::never());
        if (!bytes) co_return false;
        if (bytes->empty()) break;
        if (!co_await write_all(socket, chunk_of(*bytes))) co_return false;
        open += *bytes;
        const std::size_t rest = unfinished(open);
        std::string whole = open.substr(0, open.size() - rest);
        open.erase(0, whole.size());
        kept.parts.push_back({ms_since(since), std::move(whole)});
        since = std::chrono::steady_clock::now();
    }
    if (!open.empty()) kept.parts.push_back({0, std::move(open)});
    co_return true;
}

asio::awaitable<void> pass_on(tcp::socket& socket, http_call call, recorder& recorder) {
    const auto sent = std::chrono::steady_clock::now();
    auto given = co_await recorder.client().send(recorder.forwarded(call), deadline::never());
    if (!given) {
        co_await refuse(
            socket, call, recorder, "The real server gave no answer: " + given.error().context
        );
        co_return;
    }
    recorded_response kept = begun(*given);
    const double head_ms = ms_since(sent);
    if (!co_await write_all(socket, head_of(kept))) co_return;
    if (!co_await pass_back(socket, *given, kept)) co_return;
    if (!kept.parts.empty()) kept.parts.front().wait_ms += head_ms;
    const auto written = recorder.add(call, std::move(kept));
    if (!written) std::fprintf(stderr, "riva: %s\n", written.error().context.c_str());
    // Whoever has the whole answer finds it in the script.
    co_await write_all(socket, "0\r\n\r\n");
}

}  // namespace

asio::awaitable<void> record_connection(
    std::shared_ptr<recorder> recorder, std::shared_ptr<tcp::socket> socket
) {
    const auto open = recorder->log().connection();
    error_code ignored;
    socket->set_option(tcp::no_delay(true), ignored);
    socket->non_blocking(true, ignored);
    boost::beast::flat_buffer buffer;
    auto call = co_await read_call(*socket, buffer);
    if (call && call->malformed)
        co_await refuse(*socket, *call, *recorder, call->malformed->message);
    else if (call)
        co_await pass_on(*socket, std::move(*call), *recorder);
    socket->shutdown(tcp::socket::shutdown_send, ignored);
    socket->close(ignored);
}

}  // namespace riva::llm::scripted
