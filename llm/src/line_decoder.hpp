#pragma once

#include <riva/runtime/error.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace riva::llm {

/// Takes a stream of lines apart that arrives in pieces of any size. A line ends with a line feed;
/// a carriage return before it is dropped. Empty lines are not handed out.
class line_decoder {
public:
    explicit line_decoder(std::size_t limit = std::size_t{4} << 20) : limit_(limit) {}

    /// Gives the next piece, which must stay until `next` has found nothing more in it.
    void feed(std::string_view piece) { piece_ = piece; }
    /// The next line, valid until the next call, or nothing when the piece is used up.
    /// Errors: `errc::http_limit`; every later call fails the same way.
    result<std::optional<std::string_view>> next();
    /// At the end of the stream: the line that no line feed ended; empty if there is none.
    std::string_view unfinished() const { return handed_out_ ? std::string_view() : line_; }

private:
    std::size_t limit_;
    std::string_view piece_;
    std::string line_;  // a line that began in an earlier piece
    bool handed_out_ = false;  // line_ was dealt with
    bool over_limit_ = false;
};

}  // namespace riva::llm
