#pragma once

#include "../answer.hpp"
#include "profile.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riva::llm {

/// What is asked over HTTP: everything but where and as whom.
struct wire_request {
    std::string target;  ///< below the base URL's path
    std::vector<std::pair<std::string, std::string>> headers;  ///< of this dialect only
    std::string body;
};

/// Reads one answer of a wire format into an `answer`. Refuses what is not of the format's shape.
/// One for each attempt. Thread safety: none.
class answer_decoder {
public:
    virtual ~answer_decoder() = default;

    /// Takes one event of a stream, or one line of JSON (`type` is empty then).
    /// Errors: malformed_answer, and those of `explain`.
    virtual result<void> take_event(std::string_view type, std::string_view data) = 0;
    /// Takes the body of an answer that is no stream. Errors as for `take_event`.
    virtual result<void> take_whole(std::string_view body) = 0;
    /// The stream has said that nothing more comes.
    virtual bool ended() const = 0;
};

/// Takes the last event of a stream when nothing marked its end: whole JSON counts, anything else
/// is what a cut left. Errors as for `take_event`, but not malformed_answer.
result<void> take_unfinished(answer_decoder& decoder, std::string_view type, std::string_view data);

/// A wire format, without I/O. Stateless: one object for the program.
class dialect {
public:
    virtual ~dialect() = default;

    /// `provider` names whose turns are sent back unchanged; those of others in our words.
    /// Precondition: `objection` has nothing against the request.
    virtual wire_request encode(
        const chat_request& request,
        std::string_view model,
        const profile& server,
        std::string_view provider
    ) const = 0;

    /// `provider` is put on the turns that may be sent back unchanged. Lifetime: `into` and
    /// `request` must outlive the decoder.
    virtual std::unique_ptr<answer_decoder> make_decoder(
        answer& into, const chat_request& request, std::string_view provider
    ) const = 0;
};

/// The dialect of a specification; nullptr if there is none of that name.
const dialect* find_dialect(std::string_view name);

/// Why a request makes no sense, or asks for what the server's profile excludes; nothing when it
/// may be encoded. Errors: bad_request.
std::optional<error> objection(const chat_request& request, const profile& server);

const dialect& openai_chat_dialect();
const dialect& openai_responses_dialect();
const dialect& anthropic_dialect();
const dialect& gemini_dialect();
const dialect& ollama_dialect();

}  // namespace riva::llm
