#include "output_capture.hpp"

#include "catch.hpp"

#include <random>

using riva::captured_output;
using riva::output_capture;

namespace {

captured_output expected(const std::string& all, std::size_t keep) {
    const std::string head = all.substr(0, keep);
    const std::string rest = all.substr(head.size());
    const std::string tail = rest.size() > keep ? rest.substr(rest.size() - keep) : rest;
    return {head, tail, rest.size() - tail.size()};
}

}  // namespace

TEST_CASE("output_capture keeps a short output whole", "[output_capture]") {
    output_capture capture(8);
    capture.append("hello");
    CHECK(capture.finish() == captured_output{"hello", "", 0});
}

TEST_CASE("output_capture that keeps nothing counts", "[output_capture]") {
    output_capture capture(0);
    capture.append("hello");
    CHECK(capture.finish() == captured_output{"", "", 5});
}

TEST_CASE("output_capture keeps the same however an output is cut", "[output_capture]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 500; ++round) {
        const std::size_t keep = random() % 40;
        output_capture capture(keep);
        std::string all;
        for (int i = 0; i < 12; ++i) {
            std::string piece(random() % 50, '.');
            for (char& c : piece) c = static_cast<char>('a' + random() % 26);
            capture.append(piece);
            all += piece;
        }
        CHECK(capture.size() == all.size());
        REQUIRE(capture.finish() == expected(all, keep));
    }
}
