#include "output_capture.hpp"

#include <algorithm>
#include <utility>

namespace riva {

void output_capture::append(std::string_view bytes) {
    size_ += bytes.size();
    const std::size_t room = std::min(keep_ - head_.size(), bytes.size());
    head_.append(bytes.substr(0, room));
    bytes.remove_prefix(room);
    if (bytes.size() > keep_) bytes.remove_prefix(bytes.size() - keep_);
    if (recent_.size() + bytes.size() > 2 * keep_)
        recent_.erase(0, recent_.size() + bytes.size() - keep_);
    recent_.append(bytes);
}

captured_output output_capture::finish() {
    if (recent_.size() > keep_) recent_.erase(0, recent_.size() - keep_);
    const std::uint64_t dropped = size_ - head_.size() - recent_.size();
    return {std::move(head_), std::move(recent_), dropped};
}

}  // namespace riva
