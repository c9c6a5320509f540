#pragma once

#include <riva/runtime/journal.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace riva::memory {

/// The journal of runs in one SQLite file (WAL, synchronous=FULL), written by one thread of its
/// own and read by another one: reading does not wait for writing. Events that wait together are
/// committed together. Each event carries a hash over itself and its predecessor in the run;
/// strings of more than 4 KiB are kept once, however many events have them.
///
/// `append` suspends its caller until the disk has the event; so no more events wait than there are
/// callers. It encodes and writes on the thread of the journal.
///
/// Thread safety: safe; may be used from any executor. One process writes at a time: a second one
/// that wants to write waits up to five seconds, then fails with `errc::busy`, naming the first.
class sqlite_journal final : public journal {
public:
    /// Opens or creates `file`; its folder must exist.
    /// Errors: corrupt, busy, full, read_only, io_failed, newer_schema, foreign. The file is not
    /// changed after an error.
    static result<std::unique_ptr<sqlite_journal>> open(const std::filesystem::path& file);
    ~sqlite_journal() override;

    asio::awaitable<result<void>> append(event e) override;
    /// Errors: unknown_run; corrupt names the first bad event.
    asio::awaitable<result<std::vector<event>>> read(std::string run) override;
    asio::awaitable<result<std::vector<run_summary>>> runs() override;

private:
    struct state;
    explicit sqlite_journal(std::shared_ptr<state> s);
    std::shared_ptr<state> state_;
};

}  // namespace riva::memory
