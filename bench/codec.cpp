#include "codec.hpp"

#include "dialect/dialect.hpp"
#include "processor_time.hpp"
#include "sse_decoder.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace riva::bench {
namespace {

constexpr double enough_ns = 3e8;

const llm::answerer somebody{"the recorded server", "no key"};

/// Hands every event of the stream to `take`, which may end it with an error.
template <class Take>
result<void> each_event(std::string_view stream, std::size_t piece, Take take) {
    llm::sse_decoder decoder;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        decoder.feed(stream.substr(at, piece));
        for (;;) {
            const auto event = decoder.next();
            if (!event) return event.error();
            if (!*event) break;
            if (auto taken = take(**event); !taken) return taken;
        }
    }
    return {};
}

result<void> count_events(std::string_view stream, std::size_t piece, std::size_t& events) {
    events = 0;
    return each_event(stream, piece, [&](const llm::sse_event&) -> result<void> {
        ++events;
        return {};
    });
}

result<void> read_answer(std::string_view stream, std::size_t piece) {
    const llm::chat_request request;
    const llm::stream_observer nobody;
    llm::answer got(somebody, request, nobody);
    const auto decoder = llm::openai_chat_dialect().make_decoder(got, request, "nobody");
    return each_event(stream, piece, [&](const llm::sse_event& event) {
        return decoder->take_event(event.type, event.data);
    });
}

std::size_t count_line_feeds(std::string_view stream) {
    std::size_t lines = 0;
    for (const char* at = stream.data();; ++lines) {
        const char* end = stream.data() + stream.size();
        const void* feed = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
        if (feed == nullptr) return lines;
        at = static_cast<const char*>(feed) + 1;
    }
}

/// How fast `work` goes through that many bytes.
template <class Work>
double speed(std::size_t bytes, Work work) {
    const double start = processor_ns();
    double spent = 0;
    std::size_t rounds = 0;
    for (; spent < enough_ns; ++rounds) {
        work();
        spent = processor_ns() - start;
    }
    return static_cast<double>(rounds * bytes) / spent * 1e3;
}

}  // namespace

std::string usual_stream() {
    constexpr std::array<std::string_view, 12> pieces{
        "The",
        " claim",
        " holds",
        ":",
        " 2",
        ".",
        "17",
        " million",
        " containers",
        "\\n",
        " \\\"",
        " näher"
    };
    constexpr std::string_view front = R"(data: {"choices":[{"finish_reason":)";
    constexpr std::string_view back =
        R"("created":1700000000,"id":"chatcmpl-Qm8vT2kZr5LxW1cYp9Hd3NfJ6sBgA7eU","model":"small",)"
        R"("system_fingerprint":"b1-unknown","object":"chat.completion.chunk"})"
        "\n\n";
    const auto chunk = [&](std::string_view finish, std::string_view delta) {
        return std::string(front) + std::string(finish) + R"(,"index":0,"delta":{)" +
               std::string(delta) + "}}]," + std::string(back);
    };
    std::string stream = chunk("null", R"("role":"assistant","content":null)");
    for (std::size_t i = 0; i < 4000; ++i)
        stream +=
            chunk("null", R"("content":")" + std::string(pieces[i * 7 % pieces.size()]) + '"');
    return stream + chunk(R"("stop")", "") + "data: [DONE]\n\n";
}

result<codec_figures> measure_codec(std::string_view stream) {
    codec_figures figures;
    figures.bytes = stream.size();
    // Without the volatile the compiler would find out that nobody asks for the number.
    volatile std::size_t found = 0;
    figures.floor = speed(stream.size(), [&] { found = found + count_line_feeds(stream); });
    if (auto read = read_answer(stream, stream.size()); !read) return read.error();
    for (const std::size_t piece : {1UL, 16UL, 256UL, 1460UL, 16384UL, stream.size()}) {
        const double events = speed(stream.size(), [&] {
            static_cast<void>(count_events(stream, piece, figures.events));
        });
        const double answer =
            speed(stream.size(), [&] { static_cast<void>(read_answer(stream, piece)); });
        figures.lines.push_back({piece, events, answer});
    }
    return figures;
}

std::string to_table(const codec_figures& figures) {
    std::array<char, 128> text{};
    const auto write = [&](auto... values) {
        std::snprintf(text.data(), text.size(), values...);
        return std::string(text.data());
    };
    std::string table = write("stream %zu bytes, %zu events\n", figures.bytes, figures.events);
    table += write("floor  %.0f MB/s (line feeds only)\n", figures.floor);
    table += "bytes at once  events MB/s  answer MB/s\n";
    for (const codec_figures::line& each : figures.lines)
        table += write("%13zu  %11.0f  %11.0f\n", each.piece, each.events, each.answer);
    return table;
}

}  // namespace riva::bench
