#pragma once

#include "command_line.hpp"
#include "exit_codes.hpp"

#include <riva/agents/engine.hpp>
#include <riva/agents/settings.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/observer.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <exception>
#include <functional>
#include <string>

namespace riva::cli {

/// An engine that is about to work for a command: what to start its run with.
struct supervised_engine {
    using ended = std::function<void(std::exception_ptr, result<agents::report>)>;

    agents::engine& engine;
    observer* watcher;
    boost::asio::cancellation_slot slot;  ///< of Ctrl-C and SIGTERM
    ended on_end;

    /// Where the run tells its end.
    auto handler() const { return boost::asio::bind_cancellation_slot(slot, on_end); }
};

/// Runs an engine until the run that `start` starts has ended, or was stopped by a signal; prints
/// what is to be seen of it as the options say, and its result. Returns the exit status.
exit_code supervise(
    const run_options& options,
    const agents::settings& settings,
    const std::function<void(supervised_engine&)>& start
);

/// Says why a run could not start. With `--json` it has a last line as well.
exit_code report_no_start(const run_options& options, const error& why);

/// Errors: `agents::errc::bad_value`.
result<deadline> make_deadline(const std::string& text);

}  // namespace riva::cli
