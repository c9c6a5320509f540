#include <riva/llm/price.hpp>

#include "catch.hpp"

#include <riva/llm/error.hpp>

#include <random>

using namespace riva::llm;
using Catch::Contains;

namespace {

model_spec spec(
    std::string dialect, std::string model, std::string url = "https://api.example.com/v1"
) {
    return {std::move(dialect), std::move(model), std::move(url), "KEY"};
}

token_usage used(
    std::int64_t input, std::int64_t output, std::int64_t cached = 0, std::int64_t written = 0
) {
    token_usage u;
    u.input = input;
    u.output = output;
    u.cached = cached;
    u.cache_write = written;
    return u;
}

}  // namespace

TEST_CASE("parse_usd reads dollars exactly, and nothing else", "[price]") {
    CHECK(parse_usd("0") == 0);
    CHECK(parse_usd("12") == 12'000'000);
    CHECK(parse_usd("0.5") == 500'000);
    CHECK(parse_usd("0.000001") == 1);
    CHECK(parse_usd("1000000000") == 1'000'000'000'000'000);
    for (const auto* each :
         {"",
          ".",
          ".5",
          "5.",
          "-1",
          "+1",
          "1e3",
          "0.0000001",
          "1,5",
          " 1",
          "nan",
          "1000000001",
          "$1"}) {
        CAPTURE(each);
        CHECK_FALSE(parse_usd(each));
    }
}

TEST_CASE("what format_usd writes, parse_usd reads", "[price]") {
    std::mt19937_64 random(11);
    for (int i = 0; i < 1000; ++i) {
        const auto amount = static_cast<std::int64_t>(random() >> (random() % 40 + 15));
        CAPTURE(amount);
        CHECK(parse_usd(format_usd(amount)) == amount);
    }
    CHECK(format_usd(1'500'000) == "1.5");
    CHECK(format_usd(1) == "0.000001");
}

TEST_CASE(
    "parse_price reads what providers publish, and takes input for what is not given", "[price]"
) {
    CHECK(parse_price("1.25/10") == price{1'250'000, 10'000'000, 1'250'000, 1'250'000});
    CHECK(parse_price("1/2/0.5") == price{1'000'000, 2'000'000, 500'000, 1'000'000});
    CHECK(parse_price("1/2/0.5/4") == price{1'000'000, 2'000'000, 500'000, 4'000'000});
    for (const auto* each : {"1/2", "0/0", "1/2/0.5", "1/2/1/4", "1.25/10/0.125/1.5"}) {
        CAPTURE(each);
        CHECK(to_string(parse_price(each).value()) == each);
    }
    for (const auto* each : {"", "1", "1/", "/1", "1/2/3/4/5", "1/-2", "a/b"}) {
        CAPTURE(each);
        CHECK_FALSE(parse_price(each));
    }
}

TEST_CASE("cost_of prices each kind of token, and rounds up", "[price]") {
    const price p{1'000'000, 2'000'000, 100'000, 3'000'000};
    CHECK(cost_of(p, used(1000, 500)) == 2000);
    CHECK(cost_of(p, used(1000, 500, 600, 300)) == 100 + 60 + 900 + 1000);
    CHECK(cost_of(p, used(0, 0)) == 0);
    CHECK(cost_of({1, 0, 1, 1}, used(1, 0)) == 1);
    CHECK(cost_of(p, used(10, 0, 100, 100)) == 1);  // a server that counts more cached than sent
    CHECK(cost_of({INT64_MAX, INT64_MAX, 0, 0}, used(INT64_MAX, INT64_MAX)) == INT64_MAX);
}

TEST_CASE("worst_cost is never below what an answer of that size costs", "[price]") {
    std::mt19937 random(7);
    const auto any = [&](int most) {
        return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
    };
    for (int i = 0; i < 2000; ++i) {
        const price p{any(20'000'000), any(90'000'000), any(20'000'000), any(30'000'000)};
        const auto input = any(100'000), output = any(10'000);
        const auto cached = any(100'000), written = any(100'000);
        CHECK(worst_cost(p, input, output) >= cost_of(p, used(input, output, cached, written)));
    }
}

TEST_CASE("a price book takes the longest prefix, and the user's word first", "[price]") {
    price_book book;
    book.set("openai:gpt", {1, 1, 1, 1});
    book.set("openai:gpt-6", {2, 2, 2, 2});
    CHECK(book.find(spec("openai", "gpt-6-mini"))->input == 2);
    CHECK(book.find(spec("openai", "gpt-5"))->input == 1);
    CHECK_FALSE(book.find(spec("anthropic", "gpt-6")));
    CHECK_FALSE(book.find(spec("openai", "other")));
}

TEST_CASE("models on this machine and of ollama cost nothing, others are unknown", "[price]") {
    price_book book;
    CHECK(book.find(spec("openai", "any", "http://127.0.0.1:8080/v1"))->free());
    CHECK(book.find(spec("openai", "any", "http://localhost/v1"))->free());
    CHECK(book.find(spec("openai", "any", "http://[::1]:1/v1"))->free());
    CHECK(book.find(spec("ollama", "any", "http://gpu-box:11434"))->free());
    book.set("openai:", {5, 5, 5, 5});
    CHECK(book.find(spec("openai", "any", "http://127.0.0.1:8080/v1"))->input == 5);
}

TEST_CASE("the table that riva brings can be read and has a date", "[price]") {
    CHECK(built_in_prices().date.size() == 10);
    CHECK_FALSE(built_in_prices().entries.empty());
}

TEST_CASE("a price table with a mistake is refused with the place", "[price]") {
    const auto [text, word] = GENERATE(table<std::string, std::string>({
        {"[", "JSON"},
        {"[]", "object"},
        {R"({"prices":[]})", "date"},
        {R"({"date":"2026-01-01","prices":{}})", "prices"},
        {R"({"date":"2026-01-01","prices":[1]})", "prices[0]"},
        {R"({"date":"2026-01-01","prices":[{"price":"1/1"},{"model":"m"}]})", "prices[1]"},
        {R"({"date":"2026-01-01","prices":[{"price":"1"}]})", "prices[0].price"},
        {R"({"date":"2026-01-01","prices":[{"price":"1/1","loopback":1}]})", "loopback"},
        {R"({"date":"2026-01-01","prices":[{"price":"1/1","provider":"x"}]})", "provider"},
    }));
    const auto read = parse_price_table(text);
    REQUIRE(read.has_error());
    CHECK(read.error().code == riva::llm::errc::invalid_price);
    CHECK_THAT(read.error().context, Contains(word));
}
