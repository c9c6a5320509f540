// An answer of any dialect reads the same however its bytes are cut, ends once, lets no tool call
// out that is not whole, and can be sent back. The first byte chooses the dialect and whether it
// streams, the second how it is cut.
#include "answering.hpp"
#include "input.hpp"
#include "line_decoder.hpp"
#include "sse_decoder.hpp"

namespace {

using namespace riva::llm;
using riva::fuzz::answered;

const chat_request request = riva::fuzz::request_with_tools();

/// Hands the events that `source` has to the decoder.
riva::result<void> take_all(sse_decoder& source, answer_decoder& decoder) {
    for (;;) {
        const auto event = source.next();
        if (!event) return event.error();
        if (!*event) return {};
        if (auto taken = decoder.take_event((*event)->type, (*event)->data); !taken) return taken;
    }
}

riva::result<void> take_all(line_decoder& source, answer_decoder& decoder) {
    for (;;) {
        const auto line = source.next();
        if (!line) return line.error();
        if (!*line) return {};
        if (auto taken = decoder.take_event({}, **line); !taken) return taken;
    }
}

riva::result<void> take_rest(sse_decoder& source, answer_decoder& decoder) {
    const auto last = source.unfinished();
    return last ? take_unfinished(decoder, last->type, last->data) : riva::result<void>();
}

riva::result<void> take_rest(line_decoder& source, answer_decoder& decoder) {
    return take_unfinished(decoder, {}, source.unfinished());
}

template <class Source>
answered stream(const dialect& format, std::string_view body, std::size_t width) {
    return riva::fuzz::answer_with([&](answer& got) {
        const auto decoder = format.make_decoder(got, request, "p");
        Source source;
        riva::result<void> taken;
        riva::fuzz::in_pieces(body, width, [&](std::string_view piece) {
            source.feed(piece);
            taken = take_all(source, *decoder);
            return taken && !decoder->ended();
        });
        return taken && !decoder->ended() ? take_rest(source, *decoder) : taken;
    });
}

template <class Source>
void check_stream(const dialect& format, std::string_view body, std::size_t width) {
    const answered all = stream<Source>(format, body, body.size() + 1);
    riva::fuzz::must(stream<Source>(format, body, 1) == all, "single bytes give the same answer");
    riva::fuzz::must(stream<Source>(format, body, width) == all, "any pieces give the same answer");
    riva::fuzz::must_be_sendable(all);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t number = data[0] % riva::fuzz::dialects.size();
    const bool whole = data[0] / riva::fuzz::dialects.size() % 2 == 1;
    const dialect& format = riva::fuzz::dialect_of(number);
    const auto body = riva::fuzz::as_text(data + 2, size - 2);
    if (whole) {
        const answered all = riva::fuzz::answer_with([&](answer& got) {
            return format.make_decoder(got, request, "p")->take_whole(body);
        });
        riva::fuzz::must_be_sendable(all);
    } else if (&format == &ollama_dialect()) {
        check_stream<line_decoder>(format, body, 1u + data[1]);
    } else {
        check_stream<sse_decoder>(format, body, 1u + data[1]);
    }
    return 0;
}
