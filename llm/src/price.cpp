#include <riva/llm/price.hpp>

#include "loopback.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace riva::llm {
namespace {

constexpr std::int64_t per_million = 1'000'000;

__extension__ using wide = __int128;

std::int64_t rounded_up(wide micro_usd_times_million) {
    const wide whole = (micro_usd_times_million + per_million - 1) / per_million;
    return static_cast<std::int64_t>(std::min<wide>(whole, INT64_MAX));
}

wide product(std::int64_t tokens, std::int64_t each) {
    return static_cast<wide>(std::max<std::int64_t>(tokens, 0)) * each;
}

/// Fits prices per million tokens and amounts of any run, and keeps all sums within 128 bits.
constexpr std::int64_t most_dollars = 1'000'000'000;

}  // namespace

std::int64_t cost_of(const price& p, const token_usage& used) {
    const std::int64_t cached =
        std::clamp<std::int64_t>(used.cached, 0, std::max<std::int64_t>(used.input, 0));
    const std::int64_t written = std::clamp<std::int64_t>(
        used.cache_write, 0, std::max<std::int64_t>(used.input, 0) - cached
    );
    return rounded_up(
        product(used.input - cached - written, p.input) + product(cached, p.cached_input) +
        product(written, p.cache_write) + product(used.output, p.output)
    );
}

std::int64_t worst_cost(const price& p, std::int64_t input_tokens, std::int64_t output_tokens) {
    const std::int64_t dearest = std::max({p.input, p.cached_input, p.cache_write});
    return rounded_up(product(input_tokens, dearest) + product(output_tokens, p.output));
}

std::optional<std::int64_t> parse_usd(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view decimals = point == text.npos ? "" : text.substr(point + 1);
    const auto digits = [](std::string_view part) {
        return std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    };
    if (whole.empty() || (point != text.npos && decimals.empty()) || decimals.size() > 6 ||
        !digits(whole) || !digits(decimals))
        return std::nullopt;
    std::int64_t dollars = 0;
    const auto read = std::from_chars(whole.data(), whole.data() + whole.size(), dollars);
    if (read.ec != std::errc() || dollars > most_dollars) return std::nullopt;
    std::int64_t fraction = 0;
    for (std::size_t i = 0; i < 6; ++i)
        fraction = fraction * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
    return dollars * 1'000'000 + fraction;
}

std::string format_usd(std::int64_t micro_usd) {
    std::string text = std::to_string(micro_usd / 1'000'000);
    if (micro_usd % 1'000'000 == 0) return text;
    std::string decimals = std::to_string(micro_usd % 1'000'000);
    decimals.insert(0, 6 - decimals.size(), '0');
    while (decimals.ends_with('0')) decimals.pop_back();
    return text + "." + decimals;
}

std::optional<price> parse_price(std::string_view text) {
    std::array<std::int64_t, 4> parts{};
    std::size_t count = 0;
    while (true) {
        if (count == parts.size()) return std::nullopt;
        const std::size_t slash = text.find('/');
        const auto amount = parse_usd(text.substr(0, slash));
        if (!amount) return std::nullopt;
        parts[count++] = *amount;
        if (slash == text.npos) break;
        text.remove_prefix(slash + 1);
    }
    if (count < 2) return std::nullopt;
    return price{
        parts[0], parts[1], count > 2 ? parts[2] : parts[0], count > 3 ? parts[3] : parts[0]
    };
}

std::string to_string(const price& p) {
    std::string text = format_usd(p.input) + "/" + format_usd(p.output);
    if (p.cached_input != p.input || p.cache_write != p.input)
        text += "/" + format_usd(p.cached_input);
    if (p.cache_write != p.input) text += "/" + format_usd(p.cache_write);
    return text;
}

std::optional<price> price_book::find(const model_spec& spec) const {
    const std::string name = spec.dialect + ":" + spec.model;
    const price* found = nullptr;
    std::size_t longest = 0;
    for (const auto& [prefix, p] : overrides_) {
        if (!name.starts_with(prefix) || (found != nullptr && prefix.size() < longest)) continue;
        found = &p;
        longest = prefix.size();
    }
    if (found != nullptr) return *found;

    const bool here = is_on_loopback(spec.base_url);
    for (const auto& entry : built_in_prices().entries) {
        const bool fits = (entry.dialect.empty() || entry.dialect == spec.dialect) &&
                          spec.model.starts_with(entry.model) && (!entry.loopback || here);
        if (!fits || (found != nullptr && entry.model.size() < longest)) continue;
        found = &entry.price;
        longest = entry.model.size();
    }
    return found == nullptr ? std::nullopt : std::optional(*found);
}

}  // namespace riva::llm
