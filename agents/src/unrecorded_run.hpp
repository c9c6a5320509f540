#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/journal.hpp>

#include <filesystem>
#include <string>
#include <utility>

namespace riva::agents {

/// The mark of a run that is new: `starting/<run>` below the state folder, a file that is locked
/// for as long as the process lives. If the process dies before the journal has the first event of
/// the run, the mark tells that nobody needs the folder of the run.
class unrecorded_run {
public:
    /// Blocks shortly. Errors: `errc::run_active`, `riva::errc::io_failed`.
    static result<unrecorded_run> mark(
        const std::filesystem::path& state_folder, const std::string& run
    );
    /// Takes over a mark that is older than an hour and whose process is dead.
    static result<unrecorded_run> take_over(const std::filesystem::path& file);

    /// The mark stays, unless it was removed.
    ~unrecorded_run();
    unrecorded_run(unrecorded_run&& other) noexcept;
    unrecorded_run& operator=(unrecorded_run&& other) noexcept;

    std::string run() const { return file_.filename(); }

    /// The journal has the run, or its folder is gone.
    void remove();

private:
    explicit unrecorded_run(std::filesystem::path file) : file_(std::move(file)) {}
    result<void> lock(int flags);

    std::filesystem::path file_;
    int descriptor_ = -1;
};

/// Marks a new run, and removes the folders of runs whose process died before the journal had an
/// event of them. Only those that have a mark, older than an hour; a folder that a process works on
/// is left alone, and what cannot be removed stays for the next time.
/// Errors: those of `unrecorded_run::mark`. Cancellation: ends with `operation_aborted`; what is
/// half removed goes the next time. Lifetime: `record` outlives this.
asio::awaitable<result<unrecorded_run>> mark_new_run(
    std::filesystem::path state_folder,
    std::string run,
    journal& record,
    asio::any_io_executor blocking
);

}  // namespace riva::agents
