#include <riva/agents/settings.hpp>

#include "setting_field.hpp"

#include <riva/agents/error.hpp>

#include <algorithm>
#include <charconv>

namespace riva::agents {

using std::chrono::milliseconds;

namespace {

constexpr std::string_view price_key = "prices.";

result<void> set_price(settings& s, std::string_view prefix, std::string_view value) {
    const auto p = llm::parse_price(value);
    if (!p)
        return error{
            errc::bad_value,
            "'" + std::string(value) + "' is no price for " + std::string(prefix) +
                ": give US dollars per million tokens as INPUT/OUTPUT[/CACHED_INPUT[/CACHE_WRITE]]"
                ", such as 1.25/10."
        };
    s.prices.set(std::string(prefix), *p);
    return {};
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] =
                std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::map<std::string, std::string> settings::describe() const {
    std::map<std::string, std::string> all;
    for (const auto& f : setting_fields())
        if (f.print) all.emplace(f.key, f.print(*this));
    if (model) all.emplace("model", llm::to_string(*model));
    for (const auto t : llm::all_tiers)
        if (const auto& spec = of(t).model)
            all.emplace("models." + std::string(llm::to_string(t)), llm::to_string(*spec));
    for (std::size_t i = 0; i < fallbacks.size(); ++i)
        all.emplace("models.fallback." + std::to_string(i + 1), llm::to_string(fallbacks[i]));
    for (const auto& [prefix, p] : prices.overrides())
        all.emplace(std::string(price_key) + prefix, llm::to_string(p));
    all.emplace("sandbox", sandbox == isolation::off ? "off" : "auto");
    return all;
}

result<void> set(settings& s, std::string_view key, std::string_view value) {
    if (key.starts_with(price_key) && key.size() > price_key.size())
        return set_price(s, key.substr(price_key.size()), value);
    const auto& all = setting_fields();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const setting_field& f) { return f.key == key; });
    if (found == all.end()) {
        const auto nearest = std::min_element(
            all.begin(),
            all.end(),
            [&](const setting_field& a, const setting_field& b) {
                return edit_distance(a.key, key) < edit_distance(b.key, key);
            }
        );
        return error{
            errc::unknown_setting,
            "There is no setting '" + std::string(key) + "'; the nearest is '" +
                std::string(nearest->key) + "'."
        };
    }
    if (!found->parse(s, value))
        return error{
            errc::bad_value,
            "'" + std::string(value) + "' is no value for " + std::string(key) + ": give " +
                std::string(found->allowed) + "."
        };
    return {};
}

std::vector<std::string> setting_keys() {
    std::vector<std::string> keys;
    for (const auto& f : setting_fields()) keys.emplace_back(f.key);
    std::sort(keys.begin(), keys.end());
    return keys;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
    struct unit {
        std::string_view name;
        std::int64_t ms;
    };
    static constexpr unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
    std::int64_t total = 0;
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        std::int64_t number = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (failed != std::errc{} || number < 0 || number > 1'000'000'000) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const auto u = std::find_if(std::begin(units), std::end(units), [&](const unit& candidate) {
            // "m" must not take the beginning of "ms".
            return text.starts_with(candidate.name) &&
                   !(candidate.name == "m" && text.starts_with("ms"));
        });
        if (u == std::end(units)) return std::nullopt;
        text.remove_prefix(u->name.size());
        total += number * u->ms;
    }
    return milliseconds(total);
}

result<void> validate(const settings& s) {
    if (const auto fault = verify::find_fault(s.trust))
        return error{
            errc::bad_value,
            "The settings of the trust budget cannot be right: " + *fault +
                " Change the keys that begin with trust."
        };
    return {};
}

std::string_view to_string(strategy s) {
    return s == strategy::baseline ? "baseline" : "optimized";
}

std::string_view to_string(judging j) {
    switch (j) {
        case judging::off: return "off";
        case judging::automatic: return "auto";
        case judging::always: return "always";
    }
    return "auto";
}

std::string_view to_string(approval a) {
    switch (a) {
        case approval::automatic: return "auto";
        case approval::ask: return "ask";
        case approval::never: return "never";
    }
    return "auto";
}

}  // namespace riva::agents
