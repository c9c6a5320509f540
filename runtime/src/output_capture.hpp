#pragma once

#include <riva/runtime/outcome.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace riva {

/// Keeps the first and the last `keep` bytes of an output and counts the others.
class output_capture {
public:
    explicit output_capture(std::size_t keep) : keep_(keep) {}

    void append(std::string_view bytes);
    std::uint64_t size() const { return size_; }

    /// Hands over what was kept.
    captured_output finish();

private:
    std::size_t keep_;
    std::uint64_t size_ = 0;
    std::string head_;
    std::string recent_;  ///< up to twice `keep_`, so that it is seldom cut
};

}  // namespace riva
