// Streams that nobody meant to send, from a grammar: what comes out must not depend on how their
// bytes were cut.
#include "catch.hpp"
#include "decoding.hpp"
#include "error_text.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

using namespace riva::llm;
using riva::test::decoding;

namespace {

/// Writes event streams of Chat Completions. In five of six something is wrong with every other
/// event; the others are odd, but most can be read.
class stream_grammar {
public:
    explicit stream_grammar(std::uint32_t seed) : random_(seed) {}

    std::string stream() {
        wild_ = !chance(6);
        std::string made = chance(10) ? "\xef\xbb\xbf" : "";
        for (std::size_t left = 1 + below(8); left > 0; --left) made += item();
        if (!wild_ || chance(2)) {
            made += "data: " + chunk("{}", R"("stop")") + "\n\n";
            made += "data: [DONE]" + line_end() + line_end();
        }
        for (std::size_t left = wild_ ? below(3) : chance(4); left > 0; --left) damage(made);
        if (chance(wild_ ? 4 : 10)) made.resize(below(made.size() + 1));
        return made;
    }

    std::size_t below(std::size_t bound) { return random_() % bound; }

private:
    bool chance(std::size_t one_in) { return below(one_in) == 0; }

    template <class List>
    std::string one_of(const List& list) {
        return std::string(list[below(list.size())]);
    }

    std::string line_end() {
        static constexpr std::array<std::string_view, 6> ends{
            "\n", "\n", "\n", "\r\n", "\r", "\n\r"
        };
        return wild_ ? one_of(ends) : std::string(ends[below(5)]);
    }

    std::string item() {
        static constexpr std::array<std::string_view, 8> others{
            ": ping",
            "event: delta",
            "id: 7",
            "retry: x",
            std::string_view("\0data:", 6),
            "error: {}",
            "data",
            "event: error",
        };
        std::string made;
        if (chance(4)) made += std::string(others[below(wild_ ? 8 : 6)]) + line_end();
        const std::string field =
            one_of(std::array<std::string_view, 3>{"data: ", "data:", "data:  "});
        std::string json = data();
        if (wild_ && chance(8)) json.insert(below(json.size() + 1), line_end() + field);
        return made + field + json + line_end() + (wild_ && chance(12) ? "" : line_end());
    }

    std::string data() {
        switch (below(wild_ ? 10 : 4)) {
            case 9: return "[DONE]";
            case 8: return failure();
            case 7: return chunk(R"({"content":null})", one_of(reasons));
            case 6: return chunk(R"({"tool_calls":[)" + fragment() + "," + fragment() + "]}");
            case 4:
            case 5: return chunk(R"({"tool_calls":[)" + fragment() + "]}");
            case 0:
                return R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":)" +
                       number() + "}}";
            default: return chunk(R"({"content":")" + one_of(texts) + "\"}");
        }
    }

    std::string chunk(const std::string& delta, const std::string& finish = "null") {
        return R"({"id":"c","model":"m","choices":[{"index":0,"delta":)" + delta +
               R"(,"finish_reason":)" + finish + "}]}";
    }

    std::string failure() {
        static constexpr std::array<std::string_view, 5> failures{
            R"({"error":{"message":"boom","code":503}})",
            R"({"error":"boom"})",
            R"({"error":null})",
            R"({"error_type":"rate_limit_error","error_message":"boom"})",
            R"({"object":"error","message":"boom","code":400})"
        };
        return one_of(failures);
    }

    std::string fragment() {
        static constexpr std::array<std::string_view, 5> arguments{
            R"("{\"a\":")", R"("1}")", R"("{}")", R"({"a":[1,"b"]})", "null"
        };
        std::string made = "{";
        if (!chance(3)) made += R"("index":)" + number() + ",";
        if (chance(2)) made += R"("id":"x)" + number() + "\",";
        made += R"("function":{)";
        if (chance(2))
            made += R"("name":")" + one_of(std::array<std::string_view, 3>{"f", "g", ""}) + "\",";
        return made + R"("arguments":)" + one_of(arguments) + "}}";
    }

    std::string number() {
        static constexpr std::array<std::string_view, 7> numbers{
            "0", "0", "1", "2", "-1", "1e99", "9999999999999999999"
        };
        return one_of(numbers);
    }

    void damage(std::string& made) {
        static constexpr std::string_view bytes("\r\n\0:\"\\{}[],\xc3\xff", 14);
        if (made.empty()) return;
        const std::size_t at = below(made.size());
        switch (below(4)) {
            case 0: made.erase(at, 1 + below(9)); break;
            case 1: made.insert(at, 1, bytes[below(bytes.size())]); break;
            case 2: made.insert(at, made.substr(below(made.size()), below(40))); break;
            default: made[at] = bytes[below(bytes.size())];
        }
    }

    static constexpr std::array<std::string_view, 6> reasons{
        R"("stop")", R"("stop")", R"("tool_calls")", R"("length")", R"("error")", "7"
    };
    static constexpr std::array<std::string_view, 6> texts{
        "a", "\xc3\xa9", R"(\ud83d\ude00)", R"(\ud83d)", R"(\u0000)", "\xf0\x9f\x98\x80"
    };

    std::mt19937 random_;
    bool wild_ = false;
};

struct outcome {
    riva::result<chat_reply> reply;
    std::string events;

    friend bool operator==(const outcome& a, const outcome& b) {
        const bool same = a.reply && b.reply
                              ? *a.reply == *b.reply
                              : !a.reply && !b.reply && a.reply.error() == b.reply.error();
        return same && a.events == b.events;
    }
};

outcome read(const std::string& stream, std::size_t piece) {
    chat_request request;
    request.messages = {{role::user, "go"}};
    request.tools = {{"f", "does", R"({"type":"object"})"}};
    decoding one(openai_chat_dialect(), request);
    auto reply = one.stream(stream, piece);
    return {std::move(reply), one.transcript()};
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE(
    "malformed streams give the same events or the same error however they are cut",
    "[sse][torture]"
) {
    const auto seed = std::random_device{}();
    WARN("seed " << seed);
    stream_grammar grammar(seed);
    std::size_t answered = 0;
    constexpr std::size_t rounds = 12'000;  // ten thousand of them wild
    for (std::size_t round = 0; round < rounds; ++round) {
        const std::string stream = grammar.stream();
        const std::size_t piece = 2 + grammar.below(60);
        const outcome whole = read(stream, std::max<std::size_t>(stream.size(), 1));
        answered += whole.reply.has_value();
        const std::size_t ends =
            count("\n" + whole.events, "\nfinished ") + count("\n" + whole.events, "\nfailed ");
        if (ends == 1 && read(stream, 1) == whole && read(stream, piece) == whole) continue;
        CAPTURE(seed, round, stream, piece, whole.events);
        FAIL("the answer depends on how the stream is cut, or does not end once");
    }
    // The grammar is worth something only while both kinds come.
    CHECK(answered > rounds / 40);
    CHECK(answered < rounds - rounds / 40);
}
