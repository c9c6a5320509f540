#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>

namespace riva {

using boost::system::error_category;
using boost::system::error_code;
using boost::system::error_condition;

/// What the caller of a failed operation can do about it. Every error code of riva maps to one of
/// these, so that a decision is written as `if (e.code == condition::transient)`.
enum class condition {
    transient = 1,  ///< try again later
    refused,        ///< a rule or a peer said no; the same request will be refused again
    timed_out,      ///< a deadline passed
    cancelled,      ///< nobody wants the answer any more
    exhausted,      ///< a limit or a budget is used up
    corrupt,        ///< stored or received data cannot be right
    invalid,        ///< the request makes no sense
};

/// Failures of the runtime layer. Each maps to one `condition`.
enum class errc {
    path_invalid = 1,     ///< empty, too long, NUL or control characters
    path_outside,         ///< absolute, or leaves the workspace
    path_symlink,         ///< goes through a symbolic link
    path_protected,       ///< version control metadata, riva's own files, or named read-only
    not_a_file,           ///< a folder, FIFO, socket or device where a file was expected
    file_missing,         ///< there is no such file
    file_exists,          ///< would overwrite an existing file
    file_too_large,       ///< over the size that an action may touch
    text_missing,         ///< the text to find does not occur
    text_ambiguous,       ///< the text to find occurs more than once
    tree_unreadable,      ///< the repository is missing or cannot be read
    tree_too_large,       ///< the repository is over the limits of a workspace
    conflict,             ///< the same file was changed on both sides
    sandbox_unavailable,  ///< commands cannot be isolated on this machine
    command_not_found,    ///< the program of a command does not exist
    io_failed,            ///< the operating system refused a file or process operation
    deadline_passed,      ///< not finished in time
    budget_exhausted,     ///< a limit of the run is used up
    malformed_event,      ///< a journal entry cannot be decoded
    content_lost,         ///< what a run kept of a file is missing or damaged
};

const error_category& runtime_category() noexcept;
error_code make_error_code(errc code) noexcept;
error_condition make_error_condition(condition c) noexcept;

/// A failure: a code to branch on, and one line for a person that says what was refused, where, and
/// what to do next. The line holds no newline and no secret.
struct error {
    error_code code;
    std::string context;

    friend bool operator==(const error&, const error&) = default;
};

/// Thrown by `result::value()` when there is none.
class exception : public std::runtime_error {
public:
    explicit exception(error reason);

    const error& reason() const noexcept { return reason_; }

private:
    error reason_;
};

[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

/// A value, or the reason why there is none.
template <class T>
using result = boost::system::result<T, error>;

}  // namespace riva

template <>
struct boost::system::is_error_code_enum<riva::errc> : std::true_type {};

template <>
struct boost::system::is_error_condition_enum<riva::condition> : std::true_type {};
