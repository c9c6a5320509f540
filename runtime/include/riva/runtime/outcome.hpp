#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva {

/// The beginning and the end of an output that may have been long; what lies between is counted
/// only.
struct captured_output {
    std::string head;
    std::string tail;           ///< empty when all of it fitted in the head
    std::uint64_t dropped = 0;  ///< bytes between head and tail that were not kept

    /// The whole as one text, with a line that says how much is missing.
    std::string text() const;
    std::uint64_t size() const { return head.size() + dropped + tail.size(); }
    bool empty() const { return size() == 0; }

    friend bool operator==(const captured_output&, const captured_output&) = default;
};

enum class change_kind { created, modified, deleted };

/// A file that changed. Hashes are lower-case hexadecimal SHA-256 of the content; empty where there
/// is no file.
struct file_change {
    std::string path;
    change_kind kind = change_kind::modified;
    std::string before;
    std::string after;

    friend bool operator==(const file_change&, const file_change&) = default;
};

/// What an action did.
struct outcome {
    std::optional<int> exit_code;  ///< of a command that ran to its end
    captured_output output;  ///< standard output of a command, or the answer to a query
    captured_output errors;  ///< standard error of a command
    std::vector<file_change> files;
    std::chrono::milliseconds duration{0};

    friend bool operator==(const outcome&, const outcome&) = default;
};

std::string_view to_string(change_kind kind);

}  // namespace riva
