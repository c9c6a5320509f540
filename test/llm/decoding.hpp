#pragma once

#include "dialect/dialect.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::test {

/// One answer of a dialect, read without a network, and a transcript of its events.
class decoding {
public:
    explicit decoding(
        const llm::dialect& format, llm::chat_request request = {}, std::string provider = "p"
    );

    /// A body that is an event stream, in pieces of so many bytes, to its end.
    result<llm::chat_reply> stream(std::string_view body, std::size_t piece = 4096);
    /// A body that is no stream.
    result<llm::chat_reply> whole(std::string_view body);

    /// One line an event.
    const std::string& transcript() const { return transcript_; }
    const llm::chat_reply& so_far() const { return got_.so_far(); }

private:
    std::optional<error> feed(std::string_view body, std::size_t piece);
    result<llm::chat_reply> finish(const std::optional<error>& why);

    std::string transcript_;
    llm::chat_request request_;
    llm::stream_observer observer_;
    llm::answer got_;
    std::unique_ptr<llm::answer_decoder> decoder_;
};

/// An event stream of events without names.
std::string sse(const std::vector<std::string>& data);

/// A recorded stream without its HTTP header; nothing, and a warning, when it is not there.
std::optional<std::string> recorded_stream(std::string_view name);

/// No error if there is a reply.
error_code code_of(const result<llm::chat_reply>& reply);

/// What a model behind a specification says to a request.
result<llm::chat_reply> complete(
    const std::string& spec, llm::chat_request request, std::string key
);

}  // namespace riva::test
