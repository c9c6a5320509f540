#include "sealed_log.hpp"

#include <array>
#include <bit>

namespace riva::memory {
namespace {

constexpr std::int64_t log_header = 32;
constexpr std::int64_t frame_header = 24;

using header = std::array<unsigned char, frame_header>;

std::uint32_t load_big(const unsigned char* at) {
    return std::uint32_t{at[0]} << 24U | std::uint32_t{at[1]} << 16U | std::uint32_t{at[2]} << 8U |
           at[3];
}

std::uint32_t load_little(const unsigned char* at) {
    return __builtin_bswap32(load_big(at));
}

void store_big(unsigned char* at, std::uint32_t word) {
    for (int i = 0; i < 4; ++i) at[i] = static_cast<unsigned char>(word >> (24 - 8 * i));
}

/// The running sum of a log. Its words are of the byte order of the machine that began the log.
class log_sum {
public:
    /// `at`: where the sum before is written down.
    log_sum(const unsigned char* at, bool big)
        : big_(big), s0_(load_big(at)), s1_(load_big(at + 4)) {}

    void add(std::span<const unsigned char> bytes) {
        for (std::size_t at = 0; at < bytes.size(); at += 8) {
            s0_ += word(bytes.data() + at) + s1_;
            s1_ += word(bytes.data() + at + 4) + s0_;
        }
    }

    void write_to(unsigned char* at) const {
        store_big(at, s0_);
        store_big(at + 4, s1_);
    }

private:
    std::uint32_t word(const unsigned char* at) const {
        return big_ ? load_big(at) : load_little(at);
    }

    bool big_;
    std::uint32_t s0_;
    std::uint32_t s1_;
};

int read(sqlite3_file* log, std::span<unsigned char> into, std::int64_t offset) {
    return log->pMethods->xRead(log, into.data(), static_cast<int>(into.size()), offset);
}

int write(sqlite3_file* log, std::span<const unsigned char> bytes, std::int64_t offset) {
    return log->pMethods->xWrite(log, bytes.data(), static_cast<int>(bytes.size()), offset);
}

/// Gives the frame at `start` the sum that it has with `page`.
int renew_sum(sqlite3_file* log, std::span<const unsigned char> page, std::int64_t start) {
    std::array<unsigned char, log_header> begin{};
    if (const int found = read(log, begin, 0); found != SQLITE_OK) return found;
    header mine{};
    if (const int found = read(log, mine, start); found != SQLITE_OK) return found;
    header before{};
    const bool first = start == log_header;
    const auto size = frame_header + static_cast<std::int64_t>(page.size());
    if (!first)
        if (const int found = read(log, before, start - size); found != SQLITE_OK) return found;
    log_sum sum(first ? begin.data() + 24 : before.data() + 16, (load_big(begin.data()) & 1U) != 0);
    sum.add(std::span(mine).first(8));
    sum.add(page);
    sum.write_to(mine.data() + 16);
    return write(log, mine, start);
}

}  // namespace

bool is_page_of_log(int size, std::int64_t offset) {
    return size >= 512 && std::has_single_bit(static_cast<unsigned>(size)) &&
           (offset - log_header) % (frame_header + size) == frame_header;
}

int read_page_number(sqlite3_file* log, std::int64_t offset, std::uint32_t& number) {
    std::array<unsigned char, 4> bytes{};
    const int found = read(log, bytes, offset - frame_header);
    number = load_big(bytes.data());
    return found;
}

int write_page_of_log(sqlite3_file* log, std::span<const unsigned char> page, std::int64_t offset) {
    const int renewed = renew_sum(log, page, offset - frame_header);
    return renewed != SQLITE_OK ? renewed : write(log, page, offset);
}

}  // namespace riva::memory
