#include <riva/agents/settings.hpp>

#include <riva/agents/error.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>

namespace riva::agents {
namespace {

using std::chrono::milliseconds;

/// Reads and writes one setting as text.
struct field {
    std::string_view key;
    std::string_view allowed;  // for a person
    std::function<bool(settings&, std::string_view)> parse;
    std::function<std::string(const settings&)> print;
};

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

template <class T>
field integer(
    std::string_view key,
    T settings::* member,
    std::int64_t least,
    std::int64_t most,
    std::string_view allowed
) {
    return {
        key,
        allowed,
        [=](settings& s, std::string_view text) {
            const auto value = parse_integer(text);
            if (!value || *value < least || *value > most) return false;
            s.*member = static_cast<T>(*value);
            return true;
        },
        [=](const settings& s) { return std::to_string(s.*member); }
    };
}

std::string print_duration(milliseconds span) {
    return span.count() % 1000 == 0 ? std::to_string(span.count() / 1000) + "s"
                                    : std::to_string(span.count()) + "ms";
}

field duration(std::string_view key, milliseconds settings::* member) {
    return {
        key,
        "a duration from 10ms to 24h",
        [=](settings& s, std::string_view text) {
            const auto value = parse_duration(text);
            if (!value || *value < milliseconds(10) || *value > std::chrono::hours(24))
                return false;
            s.*member = *value;
            return true;
        },
        [=](const settings& s) { return print_duration(s.*member); }
    };
}

constexpr std::string_view unlimited = "unlimited";

constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

field spending(
    std::string_view key,
    spending_limits settings::* account,
    std::int64_t spending_limits::* member
) {
    return {
        key,
        "a number from 0, or unlimited",
        [=](settings& s, std::string_view text) {
            const auto value = text == unlimited ? std::optional(no_limit) : parse_integer(text);
            if (!value || *value < 0) return false;
            (s.*account).*member = *value;
            return true;
        },
        [=](const settings& s) {
            const std::int64_t value = (s.*account).*member;
            return value == no_limit ? std::string(unlimited) : std::to_string(value);
        }
    };
}

field money(std::string_view key, spending_limits settings::* account) {
    return {
        key,
        "US dollars from 0 with at most six decimals, such as 0.5, or unlimited",
        [=](settings& s, std::string_view text) {
            const auto value = text == unlimited ? std::optional(no_limit) : llm::parse_usd(text);
            if (!value) return false;
            (s.*account).micro_usd = *value;
            return true;
        },
        [=](const settings& s) {
            const std::int64_t value = (s.*account).micro_usd;
            return value == no_limit ? std::string(unlimited) : llm::format_usd(value);
        }
    };
}

field answer_limit(std::string_view key, llm::tier of) {
    return {
        key,
        "256 to 131072, or 0 for max_output_tokens",
        [=](settings& s, std::string_view text) {
            const auto value = parse_integer(text);
            if (!value || (*value != 0 && (*value < 256 || *value > 131'072))) return false;
            s.of(of).max_output_tokens = *value;
            return true;
        },
        [=](const settings& s) { return std::to_string(s.of(of).max_output_tokens); }
    };
}

field strategy_field(std::string_view key, strategy settings::* member) {
    return {
        key,
        "baseline or optimized",
        [=](settings& s, std::string_view text) {
            for (const auto value : {strategy::baseline, strategy::optimized}) {
                if (text != to_string(value)) continue;
                s.*member = value;
                return true;
            }
            return false;
        },
        [=](const settings& s) { return std::string(to_string(s.*member)); }
    };
}

field approve_field() {
    return {
        "approve",
        "auto, ask or never",
        [](settings& s, std::string_view text) {
            for (const auto value : {approval::automatic, approval::ask, approval::never})
                if (text == to_string(value)) {
                    s.approve = value;
                    return true;
                }
            return false;
        },
        [](const settings& s) { return std::string(to_string(s.approve)); }
    };
}

const std::vector<field>& fields() {
    static const std::vector<field> all = {
        approve_field(),
        integer("context_bytes", &settings::context_bytes, 4096, 4 << 20, "4096 to 4194304"),
        money("intention.max_usd", &settings::intention_spending),
        spending("intention.max_tokens", &settings::intention_spending, &spending_limits::tokens),
        answer_limit("limits.small.max_output_tokens", llm::tier::small),
        answer_limit("limits.medium.max_output_tokens", llm::tier::medium),
        answer_limit("limits.large.max_output_tokens", llm::tier::large),
        spending("max_calls", &settings::spending, &spending_limits::calls),
        integer("max_children", &settings::max_children, 2, 12, "2 to 12"),
        integer("max_cycles", &settings::max_cycles, 1, 100, "1 to 100"),
        integer("max_depth", &settings::max_depth, 0, 16, "0 to 16"),
        integer("max_intentions", &settings::max_intentions, 1, 10'000, "1 to 10000"),
        integer("max_output_tokens", &settings::max_output_tokens, 256, 131'072, "256 to 131072"),
        integer("max_steps", &settings::max_steps, 1, 1000, "1 to 1000"),
        spending("max_tokens", &settings::spending, &spending_limits::tokens),
        money("max_usd", &settings::spending),
        duration("model.timeout", &settings::model_timeout),
        duration("command.timeout", &settings::command_timeout),
        // All strategies at once; there is one so far.
        strategy_field("strategies", &settings::model_selection),
        strategy_field("strategy.model_selection", &settings::model_selection),
        duration("verify.check_timeout", &settings::check_timeout),
        integer("verify.width", &settings::check_width, 1, 64, "1 to 64"),
        integer("width", &settings::width, 1, 64, "1 to 64"),
    };
    return all;
}

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
    for (const auto& f : fields()) all.emplace(f.key, f.print(*this));
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
    const auto& all = fields();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const field& f) { return f.key == key; });
    if (found == all.end()) {
        const auto nearest =
            std::min_element(all.begin(), all.end(), [&](const field& a, const field& b) {
                return edit_distance(a.key, key) < edit_distance(b.key, key);
            });
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
    for (const auto& f : fields()) keys.emplace_back(f.key);
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

std::string_view to_string(strategy s) {
    return s == strategy::baseline ? "baseline" : "optimized";
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
