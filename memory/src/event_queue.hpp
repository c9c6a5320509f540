#pragma once

#include <riva/memory/error.hpp>
#include <riva/runtime/bell.hpp>
#include <riva/runtime/event.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace riva::memory {

/// An event on its way into the database.
struct pending_event {
    explicit pending_event(event e) : what(std::move(e)) {}

    event what;
    bool done = false;  // of the writer thread alone, as is `ended` until it is done
    // Stands when the transaction that the event was part of ended by an exception.
    result<void> ended = error{errc::io_failed, "The event was not written; start the run again."};
    std::optional<bell> end;  // of an event that found no place: rung when it is done
};

using batch = std::vector<std::shared_ptr<pending_event>>;

/// The events of one transaction. Whatever becomes of it, they are done afterwards.
class group {
public:
    explicit group(batch events) : events_(std::move(events)) {}
    ~group();
    group(const group&) = delete;
    group& operator=(const group&) = delete;

    auto begin() const { return events_.begin(); }
    auto end() const { return events_.end(); }

private:
    batch events_;
};

/// Events in the order in which they came, as many as there are places. Whoever finds none stands
/// in line: its event takes the first place that becomes free, before those of later comers.
///
/// Thread safety: safe; one thread takes.
class event_queue {
public:
    /// `places`: at least 1.
    explicit event_queue(std::size_t places) : places_(places) {}

    /// Whether there was a place. Otherwise the caller, which runs on `caller`, has to `wait`.
    bool push(const std::shared_ptr<pending_event>& e, const asio::any_io_executor& caller);

    /// Waits until an event has ended that found no place. Nothing of the caller's blocks, and the
    /// queue lives as long as somebody waits.
    /// Cancellation: if it still stands in line, the event leaves it and is never written;
    /// otherwise waits for its end all the same. Throws `operation_aborted` in both cases.
    static asio::awaitable<void> wait(
        std::shared_ptr<event_queue> in, std::shared_ptr<pending_event> e
    );

    /// The first ones, at most 512, for one transaction; their places go to those who stand in
    /// line. Waits a little for those who were answered together and come back together, rather
    /// than to let the first one be written alone.
    batch take();

    /// Ends those who stand in line with `errc::closed`. What has a place is still to be taken.
    void close();

    bool empty();
    std::size_t size();  ///< of events that have a place
    std::size_t in_line();  ///< of events that have none

private:
    bool leave(const std::shared_ptr<pending_event>& e);
    void admit();

    std::mutex guard_;
    std::condition_variable enough_;
    const std::size_t places_;
    std::deque<std::shared_ptr<pending_event>> waiting_;
    std::deque<std::shared_ptr<pending_event>> line_;
    std::size_t expected_ = 0;
};

}  // namespace riva::memory
