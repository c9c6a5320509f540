#pragma once

#include <riva/agents/replay.hpp>
#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/event.hpp>
#include <riva/runtime/outcome.hpp>

#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace riva::agents {

/// What one pass over a run recorded, while the same decisions are made once more. Each intention
/// has a lane: its events in their order. Whoever tells an event waits until all events before it
/// have been told, so that what runs at once interleaves as it did.
///
/// Thread safety: none; lives on the strand of the run.
class recorded_pass {
public:
    recorded_pass(asio::any_io_executor executor, std::span<const event> all);

    /// The next event of a lane; null when there is none, or when the pass was ended from outside
    /// before the next one.
    const event* next(const std::string& lane) const;
    /// Its number; 0: there is none.
    std::uint64_t next_seq(const std::string& lane) const;
    /// The next event if it is of that kind.
    template <class Body>
    const Body* next_as(const std::string& lane) const {
        const event* e = next(lane);
        return e == nullptr ? nullptr : std::get_if<Body>(&e->body);
    }

    /// Waits until the next event of a lane is the next one of all.
    asio::awaitable<void> wait_for_turn(std::string lane);

    /// Waits until all has been told that was told before the pass was ended from outside.
    asio::awaitable<void> wait_for_end();

    /// Compares what is told with what was recorded, in its turn, and returns the recorded event.
    /// Throws `run_over` where they differ, and where the pass was ended from outside.
    asio::awaitable<event> tell(events::body body);

    /// Goes over the next event of a lane as it was recorded: it came from outside.
    asio::awaitable<event> pass_over(std::string lane);

    /// The work is over: what follows is its end, also where that came from outside.
    void begin_end() { closing_now_ = true; }

    /// What an event of a run came to that no decision led to: time, and all that a pass counted
    /// which was ended from outside.
    events::run_result measured(events::run_result again) const;

    /// The files that are known to have been there before.
    std::vector<file_change> base() const;

    /// The first one; nothing: all was the same so far.
    const std::optional<divergence>& difference() const { return difference_; }
    /// After the end: whether all was done again. Notes as a difference what was not.
    void finish();
    /// The events that were told, by their position in the record.
    std::vector<event> told() const;

private:
    struct entry {
        const event* recorded = nullptr;
        std::optional<event> again;
    };

    void find_end_from_outside();
    asio::awaitable<void> wait_until(std::size_t position);
    [[noreturn]] void differ(const event* recorded, std::string again);
    void end_if_different() const;
    void wake_all();
    asio::awaitable<void> stop();
    void take(std::size_t position, event as);
    void skip_what_nobody_tells();

    std::vector<entry> all_;
    std::map<std::string, std::deque<std::size_t>> lanes_;  ///< positions that were not told yet
    std::size_t head_ = 0;  ///< the first position that was not told
    std::size_t closing_ = 0;  ///< where the events begin that follow an end from outside
    bool cut_ = false;  ///< killed, cancelled, out of time or budget, in trouble: from outside
    bool closing_now_ = false;
    std::optional<divergence> difference_;
    const events::run_result* result_ = nullptr;  ///< null: the process was killed
    asio::any_io_executor executor_;
    std::list<asio::steady_timer> waiting_;
};

/// The intention whose lane an event belongs to; empty: that of the run.
std::string lane_of(const events::body& body);

}  // namespace riva::agents
