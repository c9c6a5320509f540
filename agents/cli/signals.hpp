#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace riva::cli {

/// Turns Ctrl-C, SIGTERM, a terminal that is closed and output that nobody reads any more into
/// cancellation. The first interrupt asks for the next safe point (partial), the second, and all
/// others, stop everything now (terminal).
class signals {
public:
    explicit signals(boost::asio::io_context& io);
    ~signals();
    signals(const signals&) = delete;
    signals& operator=(const signals&) = delete;

    boost::asio::cancellation_slot slot() { return signal_.slot(); }
    /// Stops listening, so that the context can end.
    void done();
    /// The signal that ended the run; 0: none.
    int received() const { return received_; }

private:
    void wait();

    boost::asio::signal_set set_;
    boost::asio::cancellation_signal signal_;
    int received_ = 0;
};

}  // namespace riva::cli
