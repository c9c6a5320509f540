#pragma once

#include <riva/llm/chat.hpp>
#include <riva/llm/error.hpp>

#include <memory>
#include <string>
#include <string_view>

/// The wire format of OpenAI Chat Completions, without I/O.
namespace riva::llm::openai_chat {

/// In what servers of this dialect differ.
struct profile {
    std::string_view host;  ///< empty: every other one
    std::string_view max_tokens_field;
};

const profile& profile_of(std::string_view host);

/// The body of a request. No sampling parameters: newer models refuse them.
std::string encode(const chat_request& request, std::string_view model, const profile& server);

/// What a server says about its failure; any part may be empty.
struct server_error {
    std::string message;
    std::string type;
    std::string code;
};

/// Reads the body of a refusal, in the shapes that servers and gateways use.
server_error read_error_body(std::string_view body);

/// The failure that a status and the server's words stand for; 200 for an error inside an answer.
/// `who` begins the sentence, `key_name` says where the key came from.
error explain(
    unsigned status, const server_error& said, std::string_view who, std::string_view key_name
);

/// Puts an answer together from the chunks of a stream, or from one whole body. Refuses what is not
/// of the dialect's shape, and keys that occur twice among those it reads.
class reply_decoder {
public:
    /// `who` and `key_name` as for `explain`.
    reply_decoder(std::string who, std::string key_name);
    ~reply_decoder();
    reply_decoder(const reply_decoder&) = delete;
    reply_decoder& operator=(const reply_decoder&) = delete;

    /// Takes the data of one event. Errors: malformed_answer, and those of `explain`.
    result<void> take_event(std::string_view type, std::string_view data);
    /// Takes the last event of a stream when no blank line ended it: only a terminal one counts.
    void take_unfinished(std::string_view data);
    /// Takes the body of an answer that is no stream. Errors as for `take_event`.
    result<void> take_whole(std::string_view body);

    /// The text that the last call added; valid until the next.
    std::string_view fresh_text() const;
    /// The model has ended; only usage may still come.
    bool finished() const;
    /// The stream has said that nothing more comes.
    bool ended() const { return ended_; }
    /// What was received so far, complete or not.
    const chat_reply& so_far() const;

    /// The answer. Errors: truncated_answer, answer_too_long, refused_by_model, malformed_answer.
    result<chat_reply> finish();

private:
    class reader;

    result<void> parse(std::string_view text);

    std::unique_ptr<reader> reader_;
    std::string who_;
    std::string key_name_;
    std::size_t text_before_ = 0;
    bool ended_ = false;
};

}  // namespace riva::llm::openai_chat
