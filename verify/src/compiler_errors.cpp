#include "compiler_errors.hpp"

#include "command_evidence.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace riva::verify {
namespace {

/// The header in `fatal error: a.h: No such file or directory` (gcc) or `fatal error: 'a.h' file
/// not found` (clang).
std::optional<std::string> missing_header(std::string_view line) {
    constexpr std::string_view fatal = ": fatal error: ";
    const std::size_t begin = line.find(fatal);
    if (begin == std::string_view::npos) return std::nullopt;
    std::string_view rest = line.substr(begin + fatal.size());
    if (rest.ends_with(": No such file or directory"))
        return std::string(rest.substr(0, rest.find(": No such")));
    constexpr std::string_view not_found = "' file not found";
    if (!rest.starts_with('\'') || !rest.ends_with(not_found)) return std::nullopt;
    return std::string(rest.substr(1, rest.size() - 1 - not_found.size()));
}

/// The compiler's own words about what it would need to know of the build to tell.
std::optional<std::string> unknown_build(std::string_view line, std::string_view next) {
    if (const auto header = missing_header(line))
        return "cannot tell without the header " + *header +
               ", which is not where the compiler looks";
    const bool directive = line.find(": error: #error") != std::string_view::npos ||
                           next.find("#error") != std::string_view::npos;
    if (directive) return "cannot tell without the build's own definitions: " + last_line(line);
    return std::nullopt;
}

}  // namespace

void explain_compilation(evidence& e) {
    if (e.result != verdict::fail) return;
    const auto lines = lines_of(e.log);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].find(" error: ") == std::string_view::npos) continue;
        if (const auto reason = unknown_build(lines[i], i + 1 < lines.size() ? lines[i + 1] : ""))
            return retract(e, verdict::indeterminate, *reason);
        e.detail = last_line(lines[i]);
        return;
    }
    retract(e, verdict::infra_error, "the compiler ended without naming an error, " + e.detail);
}

}  // namespace riva::verify
