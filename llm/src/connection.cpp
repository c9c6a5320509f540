#include "connection.hpp"

#include "tls.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <sys/socket.h>

#include <array>
#include <exception>
#include <utility>

namespace riva::llm {
namespace {

constexpr std::size_t buffer_size = std::size_t{16} * 1024;

// A buffer changes hands at every read, and too large a one for the allocator to do that quickly.
// A thread reads on one connection at a time, so one in reserve is enough.
thread_local std::unique_ptr<char[]> spare_buffer;

std::unique_ptr<char[]> new_buffer() {
    if (spare_buffer) return std::move(spare_buffer);
    return std::make_unique_for_overwrite<char[]>(buffer_size);
}

void keep_buffer(std::unique_ptr<char[]> buffer) {
    spare_buffer = std::move(buffer);
}

std::exception_ptr aborted() {
    return std::make_exception_ptr(boost::system::system_error(asio::error::operation_aborted));
}

/// Passes the end of an operation on, once its cancellation slot is free again.
template <class Handler>
class slot_releaser {
public:
    slot_releaser(Handler handler, asio::cancellation_slot slot)
        : handler_(std::move(handler)), slot_(slot) {}

    template <class... Values>
    void operator()(error_code failure, Values... values) {
        slot_.clear();
        std::move(handler_)(failure, values...);
    }

private:
    Handler handler_;
    asio::cancellation_slot slot_;
};

std::string_view describe_lateness(errc late) {
    switch (late) {
        case errc::connect_timed_out: return "cannot be reached in time";
        case errc::header_timed_out: return "does not answer in time";
        case errc::idle_timed_out: return "went silent in the middle of its answer";
        default: return "did not finish before the deadline";
    }
}

}  // namespace

patience patience_for(std::chrono::milliseconds span, errc late, deadline total) {
    const deadline by = deadline::in(span);
    return total < by ? patience{total, errc::total_timed_out} : patience{by, late};
}

std::string authority(const http_origin& origin) {
    const bool v6 = origin.host.find(':') != std::string::npos;
    return (v6 ? "[" + origin.host + "]" : origin.host) + ":" + origin.port;
}

connection::connection(asio::any_io_executor executor, http_origin origin)
    : executor_(executor),
      origin_(std::move(origin)),
      socket_(executor),
      guard_(executor, [this] { close(); }) {}

connection::~connection() = default;

// Cancellation closes the socket instead of going down into the operation: a TLS operation is a
// chain of smaller ones, and a signal that arrives between two of them would be lost.
template <class Signature, class Start>
asio::awaitable<connection::outcome> connection::run(Start start, patience wait) {
    if (wait.by.expired()) co_return outcome{asio::error::timed_out, 0, true};
    guard_.set(wait.by);
    const auto ended =
        co_await asio::async_initiate<const asio::as_tuple_t<asio::use_awaitable_t<>>, Signature>(
            [this, &start](auto handler) {
                const auto executor = asio::get_associated_executor(handler, executor_);
                auto slot = asio::get_associated_cancellation_slot(handler);
                if (slot.is_connected()) slot.assign([this](asio::cancellation_type) { close(); });
                start(asio::bind_executor(executor, slot_releaser(std::move(handler), slot)));
            },
            asio::as_tuple(asio::use_awaitable)
        );
    guard_.rest();
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        std::rethrow_exception(aborted());
    outcome result{std::get<0>(ended), 0, guard_.has_bitten()};
    if constexpr (std::tuple_size_v<std::remove_cvref_t<decltype(ended)>> > 1)
        result.bytes = std::get<1>(ended);
    co_return result;
}

/// Resumes the coroutine that waits, or ends it if it was cancelled meanwhile.
template <class Handler>
struct connection::wait_handler {
    using executor_type = asio::associated_executor_t<Handler>;

    executor_type get_executor() const noexcept { return asio::get_associated_executor(handler); }

    void operator()(error_code failure) {
        link->guard_.rest();
        link->waited_ = {failure, 0, link->guard_.has_bitten()};
        std::move(handler)(link->cancelled_ ? aborted() : nullptr);
    }

    connection* link;
    Handler handler;
};

// Does for one operation of the socket what `run` does for all kinds. A stream waits once for each
// of its pieces, and this takes a third of the time and of the memory.
template <class Start>
asio::awaitable<void> connection::wait_for(Start start, patience wait) {
    guard_.set(wait.by);
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        [this, start](auto handler) {
            auto slot = asio::get_associated_cancellation_slot(handler);
            if (slot.is_connected()) slot.assign([this](asio::cancellation_type) { cancel(); });
            start(wait_handler<decltype(handler)>{this, std::move(handler)});
        },
        asio::use_awaitable
    );
}

error connection::failed(const outcome& end, patience wait, errc otherwise, std::string_view what)
    const {
    if (end.late)
        return {wait.late, authority(origin_) + " " + std::string(describe_lateness(wait.late))};
    return {otherwise, std::string(what) + " " + authority(origin_) + ": " + end.failure.message()};
}

asio::awaitable<void> connection::connect(asio::ip::tcp::endpoint peer, patience wait) {
    waiting_ = wait;
    const auto start = [this, peer](auto handler) {
        socket_.async_connect(peer, std::move(handler));
    };
    return wait_for(start, wait);
}

result<void> connection::connected() {
    const outcome end = std::exchange(waited_, {});
    if (end.failure || end.late)
        return failed(end, waiting_, errc::connect_failed, "cannot connect to");
    error_code ignored;
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    return {};
}

asio::awaitable<result<void>> connection::start_tls(tls_context& context, patience wait) {
    tls_ = std::make_unique<tls_session>(socket_, context, origin_.host);
    const auto start = [this](auto handler) {
        tls_->native().async_handshake(asio::ssl::stream_base::client, std::move(handler));
    };
    const outcome end = co_await run<void(error_code)>(start, wait);
    if (!end.failure && !end.late) co_return result<void>();
    const bool refused = end.failure.category() == asio::error::get_ssl_category();
    if (refused && !end.late)
        co_return error{errc::tls_refused, authority(origin_) + ": " + tls_->explain(end.failure)};
    co_return failed(end, wait, errc::connect_failed, "no TLS with");
}

asio::awaitable<result<void>> connection::write(
    std::string_view head, std::string_view body, patience wait
) {
    const std::array<asio::const_buffer, 2> bytes{asio::buffer(head), asio::buffer(body)};
    const auto start = [this, &bytes](auto handler) {
        if (tls_)
            asio::async_write(tls_->native(), bytes, std::move(handler));
        else
            asio::async_write(socket_, bytes, std::move(handler));
    };
    const outcome end = co_await run<void(error_code, std::size_t)>(start, wait);
    if (end.failure || end.late)
        co_return failed(end, wait, errc::connection_lost, "lost the connection to");
    co_return result<void>();
}

std::size_t connection::write_now(std::string_view head, std::string_view body) {
    if (tls_) return 0;
    const std::array<asio::const_buffer, 2> bytes{asio::buffer(head), asio::buffer(body)};
    error_code failure;
    return socket_.write_some(bytes, failure);
}

asio::awaitable<void> connection::wait_tls(patience wait) {
    if (!buffer_) buffer_ = new_buffer();
    const auto start = [this](auto handler) {
        tls_->native().async_read_some(
            asio::buffer(buffer_.get(), buffer_size), std::move(handler)
        );
    };
    waited_ = co_await run<void(error_code, std::size_t)>(start, wait);
}

asio::awaitable<void> connection::wait(patience wait) {
    begin_ = end_ = 0;
    drained_ = false;
    waiting_ = wait;
    if (tls_) return wait_tls(wait);
    drop_buffer();
    const auto start = [this](auto handler) {
        socket_.async_wait(asio::ip::tcp::socket::wait_read, std::move(handler));
    };
    return wait_for(start, wait);
}

result<connection::received> connection::receive() {
    if (drained_) return received::nothing;
    drained_ = true;
    outcome end = std::exchange(waited_, {});
    if (!tls_ && !end.failure && !end.late) {
        if (!buffer_) buffer_ = new_buffer();
        end.bytes = socket_.read_some(asio::buffer(buffer_.get(), buffer_size), end.failure);
        if (end.failure == asio::error::would_block) return received::nothing;
        drained_ = end.bytes < buffer_size;
    }
    if (end.failure == asio::error::eof && !end.late) return received::end;
    if (end.failure || end.late)
        return failed(end, waiting_, errc::connection_lost, "lost the connection to");
    begin_ = 0;
    end_ = end.bytes;
    return received::bytes;
}

void connection::drop_buffer() {
    if (buffer_) keep_buffer(std::move(buffer_));
    begin_ = end_ = 0;
}

void connection::park() {
    guard_.off();
    drop_buffer();
}

bool connection::alive() {
    char byte = 0;
    const auto got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::close() {
    error_code ignored;
    socket_.close(ignored);
}

void connection::cancel() {
    cancelled_ = true;
    close();
}

}  // namespace riva::llm
