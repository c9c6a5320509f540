#pragma once

#include <riva/runtime/journal.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace riva::memory {

/// How a journal is to work.
struct journal_options {
    /// Events that may wait for the writer thread at once, at least 1 (0 counts as 1). Whoever
    /// comes when so many wait is suspended until a transaction has taken some, first come first
    /// served.
    std::size_t most_waiting = 4096;
};

/// The journal of runs in one SQLite file (WAL, synchronous=FULL), written by one thread of its
/// own and read by another one: reading does not wait for writing. Events that wait together are
/// committed together. Each event carries a hash over itself and its predecessor in the run;
/// strings of more than 4 KiB are kept once, however many events have them.
///
/// `append` suspends its caller until the disk has the event, and never blocks a thread of the
/// caller's. It encodes and writes on the thread of the journal. An append that is cancelled before
/// there was room for its event writes nothing; one whose event has a place is waited for. When the
/// journal is destroyed, what has a place is written, and `errc::closed` ends the rest.
///
/// Thread safety: safe; may be used from any executor. One process writes at a time: a second one
/// that wants to write waits up to five seconds, then fails with `errc::busy`, naming the first.
class sqlite_journal final : public journal {
public:
    /// Opens or creates `file`; its folder must exist.
    /// Errors: corrupt, busy, full, read_only, io_failed, newer_schema, foreign. The file is not
    /// changed after an error.
    static result<std::unique_ptr<sqlite_journal>> open(
        const std::filesystem::path& file, const journal_options& options = {}
    );
    ~sqlite_journal() override;

    asio::awaitable<result<void>> append(event e) override;
    /// Errors: unknown_run; corrupt names the first bad event.
    asio::awaitable<result<std::vector<event>>> read(std::string run) override;
    /// The events up to the number `until`, itself included; all, if there are not so many. Those
    /// after it are not looked at, so what is damaged can be read up to there: the chain of hashes
    /// is checked from the first event on. Errors: as `read`, of what is looked at.
    asio::awaitable<result<std::vector<event>>> read_until(std::string run, std::uint64_t until);
    asio::awaitable<result<std::vector<run_summary>>> runs() override;

private:
    struct state;
    explicit sqlite_journal(std::shared_ptr<state> s);
    std::shared_ptr<state> state_;
};

}  // namespace riva::memory
