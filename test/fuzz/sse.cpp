// The events of a stream are the same however its bytes are cut.
#include "input.hpp"
#include "sse_decoder.hpp"

#include <string>
#include <utility>
#include <vector>

namespace {

struct decoded {
    std::vector<std::pair<std::string, std::string>> events;
    bool refused = false;

    friend bool operator==(const decoded&, const decoded&) = default;
};

decoded decode(std::string_view text, std::size_t width) {
    riva::llm::sse_decoder decoder(riva::llm::sse_limits{256, 1024});
    decoded all;
    riva::fuzz::in_pieces(text, width, [&](std::string_view piece) {
        decoder.feed(piece);
        for (;;) {
            const auto next = decoder.next();
            all.refused = next.has_error();
            if (!next || !*next) return !all.refused;
            all.events.emplace_back((*next)->type, (*next)->data);
        }
    });
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = riva::fuzz::as_text(data + 1, size - 1);
    const auto whole = decode(text, size);
    riva::fuzz::must(decode(text, 1) == whole, "single bytes give the same events");
    riva::fuzz::must(decode(text, 1u + data[0]) == whole, "any pieces give the same events");
    return 0;
}
