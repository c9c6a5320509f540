#pragma once

#include "watchdog.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/http_client.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace riva::llm {

class tls_context;
class tls_session;

/// How long one step may wait, and what it is called when it takes longer.
struct patience {
    deadline by;
    errc late = errc::total_timed_out;
};

/// `span` from now, but not beyond `total`.
patience patience_for(std::chrono::milliseconds span, errc late, deadline total);

/// A TCP connection, with TLS on top when its origin asks for it, and one buffer for what was
/// received and not yet consumed. While it waits for bytes, a plain connection holds no buffer, so
/// that thousands of open streams need little memory.
///
/// What usually needs no waiting is not a coroutine: sending a request, and receiving what a wait
/// has announced.
///
/// A step that is cancelled or out of patience closes the socket; the connection is of no use
/// afterwards. Thread safety: none; one step at a time.
class connection {
public:
    connection(asio::any_io_executor executor, http_origin origin);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Tries to connect, once; `connected` says whether it did.
    asio::awaitable<void> connect(asio::ip::tcp::endpoint peer, patience wait);
    /// Errors: connect_failed, or the patience's.
    result<void> connected();
    /// Errors: tls_refused, connect_failed, or the patience's.
    asio::awaitable<result<void>> start_tls(tls_context& context, patience wait);
    /// Sends what the peer takes at once of both texts, and returns how many bytes that were. Sends
    /// nothing over TLS, and where sending fails: `write` tells why.
    std::size_t write_now(std::string_view head, std::string_view body);
    /// Sends both texts. Lifetime: they must stay until this returns.
    /// Errors: connection_lost, or the patience's.
    asio::awaitable<result<void>> write(
        std::string_view head, std::string_view body, patience wait
    );

    /// Waits until `receive` has something to say. The buffer must be empty.
    asio::awaitable<void> wait(patience wait);
    enum class received : std::uint8_t { nothing, bytes, end };
    /// Receives into the buffer, which must be empty, without waiting. `nothing`: call `wait`;
    /// `end`: the peer ended the connection in order. Errors: connection_lost, or the patience's.
    result<received> receive();

    std::string_view unread() const { return {buffer_.get() + begin_, end_ - begin_}; }
    /// The buffer from the first unread byte on, for compacting what was consumed.
    char* unread_bytes() { return buffer_.get() + begin_; }
    void consume(std::size_t bytes) { begin_ += bytes; }

    /// False when the peer has closed, or has sent something that nobody asked for.
    bool alive();
    /// Leaves nothing running, and no buffer, while the connection waits to be used again.
    void park();

    const http_origin& origin() const { return origin_; }
    /// From now on the peer speaks for another origin: it is a proxy.
    void lead_to(http_origin origin) { origin_ = std::move(origin); }
    const asio::any_io_executor& executor() const { return executor_; }

private:
    struct outcome {
        error_code failure;
        std::size_t bytes = 0;
        bool late = false;
    };

    template <class Handler>
    struct wait_handler;

    template <class Start>
    asio::awaitable<void> wait_for(Start start, patience wait);
    asio::awaitable<void> wait_tls(patience wait);
    void drop_buffer();
    template <class Signature, class Start>
    asio::awaitable<outcome> run(Start start, patience wait);
    error failed(const outcome& end, patience wait, errc otherwise, std::string_view what) const;
    void close();
    void cancel();

    asio::any_io_executor executor_;
    http_origin origin_;
    asio::ip::tcp::socket socket_;
    std::unique_ptr<tls_session> tls_;
    watchdog guard_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::unique_ptr<char[]> buffer_;
    patience waiting_;  // of the last wait
    outcome waited_;  // how it ended
    bool drained_ = true;  // nothing to receive before the next wait has ended
    bool cancelled_ = false;
};

/// `host:port`, with brackets around an IPv6 address.
std::string authority(const http_origin& origin);

}  // namespace riva::llm
