#include "sse_decoder.hpp"

#include "catch.hpp"
#include "error_text.hpp"

#include <riva/llm/error.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

using riva::llm::sse_decoder;
using riva::llm::sse_limits;

namespace {

/// Everything that a stream says: its events, the unfinished one at its end, and whether it failed.
struct reading {
    std::vector<std::pair<std::string, std::string>> events;
    std::vector<std::string> unfinished;
    bool failed = false;

    friend bool operator==(const reading&, const reading&) = default;
};

reading decode(std::string_view stream, std::size_t piece, sse_limits limits = {}) {
    sse_decoder decoder(limits);
    reading seen;
    for (std::size_t at = 0; at < stream.size() && !seen.failed; at += piece) {
        decoder.feed(stream.substr(at, piece));
        for (;;) {
            const auto event = decoder.next();
            seen.failed = !event;
            if (!event || !*event) break;
            seen.events.emplace_back((*event)->type, (*event)->data);
        }
    }
    if (const auto last = decoder.unfinished()) seen.unfinished.emplace_back(last->data);
    return seen;
}

std::vector<std::string> data_of(std::string_view stream) {
    std::vector<std::string> data;
    for (const auto& [type, text] : decode(stream, stream.size() + 1).events) data.push_back(text);
    return data;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("sse_decoder reads every form that the specification allows", "[sse]") {
    struct vector {
        std::string stream;
        texts data;
    };
    const std::vector<vector> vectors{
        {"data: a\n\ndata: b\n\n", {"a", "b"}},
        {"data: a\r\n\r\ndata: b\r\n\r\n", {"a", "b"}},
        {"data: a\r\rdata: b\r\r", {"a", "b"}},
        {"\xef\xbb\xbf"
         "data: a\n\n",
         {"a"}},
        {": ping\n\n:\n\ndata: a\n: in between\ndata: b\n\n", {"a\nb"}},
        {"data:a\n\ndata:  b\n\n", {"a", " b"}},
        {"id: 1\nretry: 10\nfoo: bar\ndata: a\n\n", {"a"}},
        {"data: \n\ndata\n\nid: x\n\ndata: a\n\n", {"a"}},
        {"data\ndata\n\n", {"\n"}},
        {"data: {\"x\":\ndata: 1}\n\n", {"{\"x\":\n1}"}},
        {"error: {\"message\":\"boom\"}\n\ndata: a\n\n", {"a"}},
        {std::string("\0data: a\n\ndata: b\n\n", 19), {"b"}},
        {"data: \xc3\xa9\n\n", {"\xc3\xa9"}},
        {"data: a\n\n\xef\xbb\xbf"
         "data: b\n\ndata: c\n\n",
         {"a", "c"}},
        {"\xef\xbb"
         "data: a\n\ndata: b\n\n",
         {"b"}},
        {"data: [DONE]\n\n", {"[DONE]"}},
    };
    for (const auto& [stream, data] : vectors) {
        CAPTURE(stream);
        CHECK(data_of(stream) == data);
        for (std::size_t piece = 1; piece <= stream.size(); ++piece)
            CHECK(decode(stream, piece) == decode(stream, stream.size()));
    }
}

TEST_CASE("sse_decoder keeps an event that no blank line ended apart", "[sse]") {
    for (const std::size_t piece : {1u, 3u, 100u}) {
        const reading seen = decode("data: a\n\ndata: [DONE]", piece);
        CHECK(seen.events.size() == 1);
        CHECK(seen.unfinished == texts{"[DONE]"});
        CHECK(decode("data: a\n\ndata: b\n", piece).unfinished == texts{"b"});
        CHECK(decode("data: a\n\n", piece).unfinished.empty());
        CHECK(decode("data: a\n\nevent: x", piece).unfinished.empty());
    }
}

TEST_CASE("sse_decoder names the type of an event and forgets it afterwards", "[sse]") {
    const reading seen = decode("event: error\ndata: a\n\ndata: b\n\nevent: x\n\ndata: c\n\n", 5);
    const std::vector<std::pair<std::string, std::string>> events{
        {"error", "a"}, {"", "b"}, {"", "c"}
    };
    CHECK(seen.events == events);
}

TEST_CASE("sse_decoder hands an event out in place", "[sse]") {
    const std::string piece = "data: hello\n\ndata: world\n\n";
    sse_decoder decoder;
    decoder.feed(piece);
    const auto first = decoder.next();
    REQUIRE(first.value());
    CHECK((*first)->data.data() == piece.data() + 6);
    const auto second = decoder.next();
    REQUIRE(second.value());
    CHECK((*second)->data.data() == piece.data() + 19);
    CHECK_FALSE(decoder.next().value());
}

TEST_CASE("sse_decoder refuses lines and events over their limits, however they come", "[sse]") {
    const sse_limits small{16, 24};
    for (std::size_t piece = 1; piece < 60; ++piece) {
        CAPTURE(piece);
        CHECK_FALSE(decode("data: 0123456789\n\n", piece, small).failed);
        CHECK(decode("data: 0123456789a\n\n", piece, small).failed);
        CHECK(decode("data: 0123456789a", piece, small).failed);
        CHECK(decode(": 0123456789abcdef", piece, small).failed);
        CHECK_FALSE(decode("data: 0123456789\ndata: 0123456789\n\n", piece, small).failed);
        const std::string three = "data: 0123456789\ndata: 0123456789\ndata: 0123\n\n";
        CHECK(decode(three, piece, small).failed);
        CHECK(decode(three, piece, small) == decode(three, 100, small));
    }
    sse_decoder decoder(small);
    decoder.feed("data: 0123456789a");
    CHECK(decoder.next().error().code == riva::llm::errc::http_limit);
    decoder.feed("\n\ndata: a\n\n");
    CHECK(decoder.next().error().code == riva::llm::errc::http_limit);
}

TEST_CASE("sse_decoder stops at one MiB of a line that never ends", "[sse]") {
    sse_decoder decoder;
    std::size_t fed = 0;
    for (bool failed = false; !failed; ++fed) {
        decoder.feed("x");
        failed = !decoder.next();
    }
    CHECK(fed == (1u << 20) + 1);
    CHECK(decoder.scanned() <= 4 * fed);
}

TEST_CASE("sse_decoder looks at each byte a bounded number of times", "[sse]") {
    constexpr std::size_t mib = 1u << 20;
    struct work {
        std::string stream;
        std::size_t piece;
    };
    const std::vector<work> works{
        {"data: " + std::string(64 * mib, 'x') + "\n\n", 4096},
        {"data: " + std::string(64 * mib, 'x') + "\n\n", 65 * mib},
        {"data: " + std::string(4 * mib, 'x') + "\n\n", 1},
        {std::string(4 * mib, '\r'), 4 * mib},
        {std::string(4 * mib, '\r') + "\n", 5 * mib},
        {std::string(4 * mib, '\n'), 4096},
    };
    for (const auto& [stream, piece] : works) {
        CAPTURE(stream.size(), piece);
        sse_decoder decoder({80 * mib, 80 * mib});
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            decoder.feed(std::string_view(stream).substr(at, piece));
            while (decoder.next().value()) {
            }
        }
        CHECK(decoder.scanned() <= 4 * stream.size());
    }
}

TEST_CASE("sse_decoder sees the same events however generated streams are cut", "[sse]") {
    const auto seed = std::random_device{}();
    WARN("seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return random() % n; };
    const std::vector<std::string> parts{
        "data: ",   "data:", "data",     "event: x", ": c",          "id",    "a",
        "\xc3\xa9", "\xff",  " ",        ":",        "\n",           "\n",    "\n\n",
        "\r",       "\r\n",  "\r\n\r\n", "\r\r",     "\xef\xbb\xbf", "[DONE]"
    };
    for (int round = 0; round < 10'000; ++round) {
        std::string stream;
        for (auto left = below(30); left > 0; --left) stream += parts[below(parts.size())];
        const sse_limits limits{8 + below(40), 8 + below(40)};
        const reading whole = decode(stream, stream.size() + 1, limits);
        if (decode(stream, 1, limits) == whole && decode(stream, 2 + below(9), limits) == whole)
            continue;
        CAPTURE(stream, limits.line, limits.event);
        FAIL("the events depend on how the stream is cut");
    }
}
