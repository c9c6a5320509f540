#pragma once

#include "scripted/question.hpp"

#include <riva/runtime/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace riva::llm::scripted {

/// An answer that a model gave when the suite was recorded.
struct recorded_answer {
    std::size_t code = 0;  ///< index in `suite_task::codes`
    bool right = false;    ///< it passes the visible test

    friend bool operator==(const recorded_answer&, const recorded_answer&) = default;
};

struct suite_task {
    std::string id;
    std::string prompt;  ///< without white space around it
    std::string solution_file;
    std::optional<std::string> original;  ///< what the file holds before; none: it does not exist
    std::vector<std::string> codes;  ///< each different solution once
    std::array<std::vector<recorded_answer>, 3> pools;  ///< by tier; never all empty
    std::optional<std::size_t> canonical;
};

struct suite {
    std::vector<suite_task> tasks;
};

/// Reads a suite, one task a line. Empty lines are skipped.
/// Errors: `errc::script_invalid` naming `name` and the line.
result<suite> parse_suite(std::string_view lines, const std::string& name);

/// Finds the task whose prompt occurs in a text.
class prompt_index {
public:
    explicit prompt_index(const std::vector<suite_task>& tasks);

    /// The task with the longest prompt that occurs in any of the messages; its position.
    std::optional<std::size_t> find(const std::vector<std::string>& messages) const;

    /// Shorter prompts cannot be told from other text.
    static constexpr std::size_t shortest = sizeof(std::uint64_t);

private:
    const std::vector<suite_task>& tasks_;
    std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_beginning_;
};

}  // namespace riva::llm::scripted
