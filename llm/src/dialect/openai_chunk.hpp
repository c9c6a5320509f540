#pragma once

#include <riva/llm/chat.hpp>
#include <riva/runtime/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm::openai_chat {

/// A piece of a tool call, or a whole one.
struct tool_fragment {
    std::optional<std::int64_t> index;
    std::string id;
    std::string name;
    std::string arguments;
    bool arguments_are_object = false;  ///< and are not in `arguments`

    void clear();
};

/// What one chunk of a stream, or one whole answer, says.
struct chunk {
    std::string id;
    std::string model;
    std::string text;
    std::string reasoning;
    std::string refusal;
    std::string finish_reason;
    std::optional<token_usage> usage;
    std::vector<tool_fragment> tools;  ///< the first `tool_count` count; the others wait for use
    std::size_t tool_count = 0;
    bool choice_seen = false;
    bool reports_error = false;  ///< it is no chunk but says what went wrong

    void clear();
};

/// Parses chunk after chunk without building a tree and, once warm, without allocating. Refuses
/// what is not of the format's shape, and keys that occur twice among those it reads.
class chunk_parser {
public:
    chunk_parser();
    ~chunk_parser();
    chunk_parser(const chunk_parser&) = delete;
    chunk_parser& operator=(const chunk_parser&) = delete;

    /// Why the text cannot be read; empty when it was.
    std::string parse(std::string_view text);
    /// The same for a text that no similar one follows.
    std::string parse_once(std::string_view text);
    /// What the last text says, as far as it was read.
    const chunk& read() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace riva::llm::openai_chat
