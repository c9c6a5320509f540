#include "http_parser.hpp"

#include "catch.hpp"
#include "error_text.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

using riva::llm::errc;
using riva::llm::http_parser;
using riva::llm::http_parser_limits;

namespace {

/// What a parser makes of a response that arrives in pieces and is then closed by the peer.
struct message {
    riva::error_code failure;
    unsigned status = 0;
    std::string body;
    std::size_t left_over = 0;
    bool kept = false;

    friend bool operator==(const message&, const message&) = default;
};

message parse(
    std::string_view bytes, std::size_t piece, http_parser_limits limits = {}, bool head = false
) {
    http_parser parser(limits, head);
    message seen;
    for (std::size_t at = 0; at < bytes.size() && !parser.complete(); at += piece) {
        std::string_view input = bytes.substr(at, piece);
        while (!input.empty() && !parser.complete()) {
            const auto step = parser.feed(input);
            if (!step) return {step.error().code, 0, "", 0, false};
            seen.body += step->body;
            input.remove_prefix(step->consumed);
        }
        seen.left_over = bytes.size() - std::min(bytes.size(), at + piece) + input.size();
    }
    if (const auto closed = parser.close(); !closed) seen.failure = closed.error().code;
    seen.status = parser.status();
    seen.kept = parser.keeps_connection();
    return seen;
}

/// The one reading of a response, checked to be the same for every size of piece.
message parse(const std::string& bytes, http_parser_limits limits = {}) {
    const message whole = parse(bytes, bytes.size() + 1, limits);
    const std::size_t most = bytes.size() > 2000 ? 8 : bytes.size();
    for (std::size_t piece = 1; piece <= most; ++piece) {
        CAPTURE(piece);
        CHECK(parse(bytes, piece, limits) == whole);
    }
    return whole;
}

message whole(unsigned status, std::string body, bool kept, std::size_t left_over = 0) {
    return {{}, status, std::move(body), left_over, kept};
}

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("http_parser reads the three framings of a body", "[http]") {
    CHECK(parse(ok + "Content-Length: 3\r\n\r\nabc") == whole(200, "abc", true));
    CHECK(parse(ok + "Content-Length: 0\r\n\r\n") == whole(200, "", true));
    CHECK(parse(chunked + "3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\n\r\n") == whole(200, "abcde", true));
    CHECK(parse(chunked + "0003 \r\nabc\r\n0\r\nX: y\r\n\r\n") == whole(200, "abc", true));
    CHECK(parse(chunked + "A\r\n0123456789\r\n0\r\n\r\n") == whole(200, "0123456789", true));
    CHECK(parse(ok + "\r\nabc") == whole(200, "abc", false));
    CHECK(parse("HTTP/1.1 204 No Content\r\n\r\n") == whole(204, "", true));
    CHECK(parse("HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n") == whole(500, "", true));
    CHECK(parse("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na") == whole(200, "a", false));
    CHECK(
        parse(ok + "Connection: x, Close\r\nContent-Length: 1\r\n\r\na") == whole(200, "a", false)
    );
    CHECK(parse(ok + "Content-Length: 3\r\n\r\nabcHTTP") == whole(200, "abc", true, 4));
    CHECK(
        parse(ok + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc") == whole(200, "abc", true)
    );
    const message head = parse(ok + "Content-Length: 3\r\n\r\n", 5, {}, true);
    CHECK(head == whole(200, "", true));
}

TEST_CASE("http_parser finds fields without case and trims them", "[http]") {
    http_parser parser;
    REQUIRE(parser.feed(ok + "content-TYPE: \t text/html \r\nX-A:\r\nX-A: 2\r\n\r\n"));
    REQUIRE(parser.header_complete());
    CHECK(parser.header("Content-Type") == "text/html");
    CHECK(parser.header("x-a").empty());
    CHECK(parser.header("missing").empty());
}

TEST_CASE("http_parser skips a few interim responses, but not many", "[http]") {
    std::string flood;
    const std::string interim = "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n";
    const std::string last = ok + "Content-Length: 1\r\n\r\na";
    CHECK(parse(interim + "HTTP/1.1 103 Early Hints\r\n\r\n" + last) == whole(200, "a", true));
    for (int i = 0; i < 10'000; ++i) flood += interim;
    CHECK(parse(flood + last).failure == errc::http_limit);
    CHECK(parse("HTTP/1.1 101 Switching Protocols\r\n\r\n").failure == errc::http_malformed);
}

TEST_CASE("http_parser refuses framing that can be read in two ways", "[http]") {
    const std::vector<std::string> refused{
        ok + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        ok + "Content-Length: 3, 3\r\n\r\nabc",
        ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ok + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
        ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ok + "Transfer-Encoding: identity\r\n\r\nabc",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ok + "Content-Length: -1\r\n\r\n",
        ok + "Content-Length: +3\r\n\r\nabc",
        ok + "Content-Length: 0x3\r\n\r\nabc",
        ok + "Content-Length: \r\n\r\nabc",
        ok + "Content-Length: 18446744073709551616\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        chunked + "10000000000000000\r\n",
        chunked + "-3\r\nabc\r\n0\r\n\r\n",
        chunked + "\r\nabc",
        chunked + "g\r\nabc",
        chunked + "3\nabc\n0\n\n",
        chunked + "3\r\nabcd\r\n0\r\n\r\n",
        chunked + "3\r\nabc\n0\r\n\r\n",
        chunked + "3;\x01\r\nabc\r\n0\r\n\r\n",
        chunked + "3\r\nabc\r\n0\r\nX: a\nY: b\r\n\r\n",
        chunked + "3\r\nabc\r\n0\r\n folded\r\n\r\n",
        chunked + "3\r\nabc\r\n0\r\n\rX",
    };
    for (const std::string& each : refused) {
        CAPTURE(each);
        CHECK(parse(each).failure == errc::http_malformed);
    }
}

TEST_CASE("http_parser refuses headers that are not clean", "[http]") {
    const std::vector<std::string> refused{
        ok + "X: a\nY: b\r\n\r\n",
        ok + "X: a\r\n folded\r\n\r\n",
        ok + "Content-Length : 3\r\n\r\nabc",
        ok + "garbage\r\n\r\n",
        ok + ": empty\r\n\r\n",
        ok + std::string("X: a\0b\r\n\r\n", 11),
        ok + "X: a\rb\r\n\r\n",
        "HTTP/1.1 99 X\r\n\r\n",
        "HTTP/1.1 1000 X\r\n\r\n",
        "HTTP/1.1 600 X\r\n\r\n",
        "HTTP/1.1 2x0 X\r\n\r\n",
        "HTTP/1.1 200\tOK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "hello world, not http",
        std::string("\x15\x03\x03\x00\x02\x02\x28", 7),
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
    };
    for (const std::string& each : refused) {
        CAPTURE(each);
        CHECK(parse(each).failure == errc::http_malformed);
    }
}

TEST_CASE("http_parser holds every limit", "[http]") {
    const auto fails_at = [](const std::string& bytes, http_parser_limits limits = {}) {
        CHECK(parse(bytes, limits).failure == errc::http_limit);
    };
    std::string many = ok;
    for (int i = 0; i < 101; ++i) many += "A:1\r\n";
    fails_at(many + "\r\n");
    fails_at(ok + "X: " + std::string(17'000, 'a') + "\r\n\r\n");
    fails_at("HTTP/1.1 200 " + std::string(17'000, 'a'));
    fails_at(chunked + "3;" + std::string(9'000, 'a') + "\r\nabc");
    fails_at(chunked + std::string(9'000, '0') + "3\r\nabc");
    fails_at(chunked + "0\r\nX: " + std::string(100'000, 't') + "\r\n\r\n");
    std::string trailers = chunked + "0\r\n";
    for (int i = 0; i < 20'000; ++i) trailers += "A: b\r\n";
    fails_at(trailers + "\r\n");
    std::string extensions = chunked;
    for (int i = 0; i < 20; ++i) extensions += "1;" + std::string(8'000, 'a') + "\r\nx\r\n";
    fails_at(extensions + "0\r\n\r\n");
    http_parser_limits small;
    small.body_bytes = 4;
    fails_at(ok + "Content-Length: 5\r\n\r\nabcde", small);
    fails_at(chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", small);
    fails_at(ok + "\r\nabcde", small);
    fails_at(chunked + "FFFFFFFFFFFFFF\r\nabc");
}

TEST_CASE("http_parser calls a message that ends early lost", "[http]") {
    for (const std::string& each :
         {std::string(""),
          std::string("HTTP/1.1 20"),
          ok + "Content-Len",
          ok + "Content-Length: 3\r\n\r\nab",
          chunked + "5\r\nab",
          chunked + "3\r\nabc\r\n",
          chunked + "3\r\nabc\r\n0\r\n",
          chunked + "3\r\nabc\r\n0\r\nX: y\r\n\r"}) {
        CAPTURE(each);
        CHECK(parse(each).failure == errc::connection_lost);
    }
}

TEST_CASE("http_parser reads mutated responses the same way however they are cut", "[http]") {
    const auto seed = std::random_device{}();
    WARN("seed " << seed);
    std::mt19937 random(seed);
    const std::vector<std::string> seeds{
        chunked + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX: y\r\n\r\n",
        ok + "Content-Length: 3\r\nConnection: close\r\n\r\nabcd",
        "HTTP/1.1 100 Continue\r\n\r\n" + ok + "\r\nabc",
    };
    http_parser_limits limits;
    limits.header_bytes = 90;
    limits.trailer_bytes = 8;
    limits.body_bytes = 6;
    const std::string bytes("\r\n\0 :;0F,\t\xff", 11);
    for (int round = 0; round < 20'000; ++round) {
        std::string text = seeds[random() % seeds.size()];
        for (auto left = random() % 3; left > 0; --left)
            text[random() % text.size()] = bytes[random() % bytes.size()];
        const message one = parse(text, text.size() + 1, limits);
        const std::size_t piece = 2 + random() % 20;
        if (parse(text, 1, limits) == one && parse(text, piece, limits) == one) continue;
        CAPTURE(text, piece);
        FAIL("the message depends on how it is cut");
    }
}
