#include <riva/memory/project_entry.hpp>

namespace riva::memory {

std::string_view to_string(entry_kind kind) {
    switch (kind) {
        case entry_kind::decision: return "decision";
        case entry_kind::pattern: return "pattern";
        case entry_kind::correction: return "correction";
    }
    return "unknown";
}

std::string_view to_string(told_by by) {
    return by == told_by::user ? "user" : "learnt";
}

std::optional<entry_kind> parse_entry_kind(std::string_view text) {
    for (const auto kind : {entry_kind::decision, entry_kind::pattern, entry_kind::correction})
        if (text == to_string(kind)) return kind;
    return std::nullopt;
}

std::optional<told_by> parse_told_by(std::string_view text) {
    for (const auto by : {told_by::user, told_by::learnt})
        if (text == to_string(by)) return by;
    return std::nullopt;
}

}  // namespace riva::memory
