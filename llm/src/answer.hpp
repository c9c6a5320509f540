#pragma once

#include <riva/llm/error.hpp>
#include <riva/llm/model.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm {

/// Who answers, for sentences about failures.
struct answerer {
    std::string who;       ///< begins the sentences
    std::string key_name;  ///< where the key came from
};

/// An answer that a decoder puts together, the same for every wire format: it turns what the
/// decoder reads into events and into the reply, keeps the limits, and ends once.
///
/// Thread safety: none. Lifetime: everything by reference must outlive it.
class answer {
public:
    static constexpr std::size_t max_tool_calls = 128;
    static constexpr std::size_t max_argument_bytes = 1u << 20;

    answer(const answerer& from, const chat_request& request, const stream_observer& observer)
        : from_(from), request_(request), observer_(observer) {}

    /// May be said again with every event; the first time counts, and a later model name.
    void start(std::string_view id, std::string_view model);
    void add_text(std::string_view piece);
    /// Puts the final text in place of the pieces from byte `begin` of the reply on, where a
    /// provider repeats it whole. Only what it has more is an event.
    void replace_text(std::size_t begin, std::string_view whole);
    void add_reasoning(std::string_view piece);
    /// What the model says instead of an answer.
    void add_refusal(std::string_view piece) { refusal_ += piece; }
    /// Begins a tool call and returns its number, from 0. An empty id is replaced.
    std::size_t begin_tool_call(std::string_view id, std::string_view name);
    void add_arguments(std::size_t call, std::string_view piece);
    /// Puts the final arguments in place of the pieces, where a provider repeats them whole.
    void replace_arguments(std::size_t call, std::string_view whole);
    void end_tool_call(std::size_t call);
    void add_opaque(std::string_view kind, std::string_view json);
    /// The whole turn in the provider's words, to be sent back unchanged.
    void keep_native(native_turn turn) { reply_.native = std::move(turn); }
    void count(const token_usage& usage);
    /// The model has ended; only usage may still come.
    void stop(stop_reason why);

    bool stopped() const { return stopped_; }
    /// Bytes of text, reasoning and arguments: whether the model gets on.
    std::size_t progress() const { return progress_; }
    /// When the first of them came.
    std::optional<std::chrono::steady_clock::time_point> began() const { return began_; }
    const answerer& from() const { return from_; }
    const chat_reply& so_far() const { return reply_; }

    /// What was received breaks a limit: nothing, or why. Errors: malformed_answer, http_limit.
    const std::optional<error>& objection() const { return objection_; }

    /// Ends the answer with what was received. Errors: `objection`, truncated_answer,
    /// answer_too_long, refused_by_model, malformed_answer. Call once, or `fail`.
    result<chat_reply> finish();
    /// Ends the answer with a failure, which it returns.
    error fail(error why);

private:
    enum class block_kind : std::uint8_t { none, text, reasoning, other };

    struct open_call {
        std::uint32_t block;
        bool ended = false;
    };

    void enter(block_kind kind);
    void advance(std::size_t bytes);
    void emit(const stream_event& event) const;
    error refused(errc code, std::string what) const;
    std::optional<error> judge() const;
    std::optional<error> judge_tool_calls();

    const answerer& from_;
    const chat_request& request_;
    const stream_observer& observer_;
    chat_reply reply_;
    std::string refusal_;
    std::vector<open_call> calls_;  // beside reply_.tool_calls
    std::optional<error> objection_;
    std::size_t progress_ = 0;
    std::optional<std::chrono::steady_clock::time_point> began_;
    std::uint32_t blocks_ = 0;
    block_kind block_ = block_kind::none;
    bool started_ = false;
    bool stopped_ = false;
};

}  // namespace riva::llm
