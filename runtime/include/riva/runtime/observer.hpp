#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/event.hpp>

namespace riva {

/// Sees every event of a run, in order, after the journal has it. Called on the executor of the
/// run; a slow observer holds the run back.
class observer {
public:
    virtual ~observer() = default;

    /// `e` lives until the returned awaitable has ended. An exception ends the run.
    virtual asio::awaitable<void> observe(const event& e) = 0;
};

}  // namespace riva
