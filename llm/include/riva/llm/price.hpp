#pragma once

#include <riva/llm/chat.hpp>
#include <riva/llm/model_spec.hpp>
#include <riva/runtime/error.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace riva::llm {

/// What a model costs, in millionths of a US dollar per million tokens.
struct price {
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::int64_t cached_input = 0;  ///< input that the provider had in its cache
    std::int64_t cache_write = 0;   ///< input that the provider puts into its cache

    bool free() const { return *this == price{}; }
    friend bool operator==(const price&, const price&) = default;
};

/// What an answer cost in micro-USD, rounded up. Cached parts count as parts of the input.
/// Stops at the largest number.
std::int64_t cost_of(const price& p, const token_usage& used);

/// What a request can cost at most, in micro-USD: its input as the dearest kind of input, and an
/// answer as long as it may be.
std::int64_t worst_cost(const price& p, std::int64_t input_tokens, std::int64_t output_tokens);

/// Reads `INPUT/OUTPUT[/CACHED_INPUT[/CACHE_WRITE]]`, in US dollars per million tokens as providers
/// publish them: `1.25/10/0.125`. What is not given costs as much as other input.
std::optional<price> parse_price(std::string_view text);
/// What `parse_price` reads.
std::string to_string(const price& p);

/// Reads an amount of US dollars with at most six decimals, as micro-USD: `0.5` is 500000.
std::optional<std::int64_t> parse_usd(std::string_view text);
/// `0.5`, `12`, `0.000001`.
std::string format_usd(std::int64_t micro_usd);

/// A line of a price table.
struct price_entry {
    std::string dialect;  ///< empty: any
    std::string model;  ///< a prefix of the model's name; empty: any
    bool loopback = false;  ///< only for servers on this machine
    llm::price price;

    friend bool operator==(const price_entry&, const price_entry&) = default;
};

/// Prices with the day on which they were looked up.
struct price_table {
    std::string date;  ///< `2026-11-23`
    std::vector<price_entry> entries;
};

/// Reads a price table: `{"date":"2026-11-23","prices":[{"dialect","model","loopback","price"}]}`
/// with prices as `parse_price` reads them. Errors: `errc::invalid_price` naming the place.
result<price_table> parse_price_table(std::string_view json);

/// The table that riva brings, from `llm/data/prices.json`.
const price_table& built_in_prices();

/// What models cost: what the user says of them, else what the table says. Neither: unknown.
class price_book {
public:
    /// For all models whose `DIALECT:MODEL` begins with `prefix`.
    void set(std::string prefix, price p) { overrides_[std::move(prefix)] = p; }

    /// The price with the longest matching prefix; nothing if it is unknown.
    std::optional<price> find(const model_spec& spec) const;

    const std::map<std::string, price>& overrides() const { return overrides_; }

    friend bool operator==(const price_book&, const price_book&) = default;

private:
    std::map<std::string, price> overrides_;
};

}  // namespace riva::llm
