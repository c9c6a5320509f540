#include "latency_sample.hpp"

#include "catch.hpp"

using namespace std::chrono_literals;
using riva::llm::latency_sample;

TEST_CASE(
    "latency sample knows nothing before a hundred, then the 95th of a hundred", "[governor]"
) {
    latency_sample sample;
    for (int i = 1; i <= 99; ++i) sample.add(i * 1ms);
    CHECK_FALSE(sample.p95());
    sample.add(100ms);
    CHECK(sample.p95() == 95ms);
    for (int i = 0; i < 512; ++i) sample.add(7ms);
    CHECK(sample.p95() == 7ms);
}
