#pragma once

#include <riva/runtime/error.hpp>

#include <type_traits>

namespace riva::memory {

/// Failures of the database. Each maps to one `riva::condition`.
enum class errc {
    corrupt = 1,   ///< corrupt: not a database, damaged, or a broken hash chain
    busy,          ///< transient: another process writes
    full,          ///< exhausted: no space left
    read_only,     ///< refused
    io_failed,     ///< transient: the disk refused; the connection is not used again
    newer_schema,  ///< invalid: written by a newer riva
    foreign,       ///< invalid: a database of another program
    unknown_run,   ///< invalid
    unknown_entry, ///< invalid: project memory has none of that number
    bad_entry,     ///< invalid: no text, too long a text, or paths that are none
    closed,        ///< refused: the journal was closed first
};

const error_category& category() noexcept;
error_code make_error_code(errc code) noexcept;

}  // namespace riva::memory

template <>
struct boost::system::is_error_code_enum<riva::memory::errc> : std::true_type {};
