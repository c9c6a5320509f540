#include "line_decoder.hpp"

#include <riva/llm/error.hpp>

#include <utility>

namespace riva::llm {

result<std::optional<std::string_view>> line_decoder::next() {
    if (std::exchange(handed_out_, false)) line_.clear();
    while (!over_limit_) {
        const std::size_t feed = piece_.find('\n');
        const std::string_view part = piece_.substr(0, feed);
        if (line_.size() + part.size() > limit_) break;
        if (feed == piece_.npos) {
            line_ += part;
            piece_ = {};
            return std::optional<std::string_view>();
        }
        piece_.remove_prefix(feed + 1);
        std::string_view line = part;
        if (!line_.empty()) {
            line_ += part;
            line = line_;
            handed_out_ = true;
        }
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) return std::optional(line);
        if (std::exchange(handed_out_, false)) line_.clear();
    }
    over_limit_ = true;
    return error{
        errc::http_limit, "a line of the stream is longer than " + std::to_string(limit_) + " bytes"
    };
}

}  // namespace riva::llm
