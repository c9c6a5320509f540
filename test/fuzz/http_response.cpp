// A response is read the same way however its bytes are cut.
#include "http_parser.hpp"
#include "input.hpp"

#include <string>

namespace {

struct parsed {
    std::string body;
    unsigned status = 0;
    std::size_t consumed = 0;
    bool complete = false;
    bool refused = false;

    friend bool operator==(const parsed&, const parsed&) = default;
};

bool feed(riva::llm::http_parser& parser, std::string_view piece, parsed& all) {
    while (!piece.empty() && !parser.complete()) {
        const auto step = parser.feed(piece);
        if (!step) {
            all.refused = true;
            return false;
        }
        riva::fuzz::must(
            step->consumed > 0 && step->consumed <= piece.size(), "every step moves on"
        );
        all.consumed += step->consumed;
        all.body += step->body;
        piece.remove_prefix(step->consumed);
    }
    return !parser.complete();
}

parsed parse(std::string_view text, std::size_t width) {
    riva::llm::http_parser parser;
    parsed all;
    riva::fuzz::in_pieces(text, width, [&](std::string_view piece) {
        return feed(parser, piece, all);
    });
    all.complete = parser.complete();
    if (all.refused)
        return {.body = {}, .status = 0, .consumed = 0, .complete = false, .refused = true};
    all.status = parser.header_complete() ? parser.status() : 0;
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = riva::fuzz::as_text(data + 1, size - 1);
    const auto whole = parse(text, size);
    riva::fuzz::must(parse(text, 1) == whole, "single bytes give the same response");
    riva::fuzz::must(parse(text, 1u + data[0]) == whole, "any pieces give the same response");
    return 0;
}
