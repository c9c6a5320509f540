#include "setting_field.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <utility>

namespace riva::agents {

using std::chrono::milliseconds;

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

namespace {

template <class T>
setting_field integer(
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

setting_field duration(std::string_view key, milliseconds settings::* member) {
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

setting_field spending(
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

setting_field money(std::string_view key, spending_limits settings::* account) {
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

setting_field answer_limit(std::string_view key, llm::tier of) {
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

setting_field on_or_off(std::string_view key, bool settings::* member) {
    return {
        key,
        "on or off",
        [=](settings& s, std::string_view text) {
            if (text != "on" && text != "off") return false;
            s.*member = text == "on";
            return true;
        },
        [=](const settings& s) { return std::string(s.*member ? "on" : "off"); }
    };
}

std::optional<strategy> parse_strategy(std::string_view text) {
    for (const auto value : {strategy::baseline, strategy::optimized})
        if (text == to_string(value)) return value;
    return std::nullopt;
}

constexpr std::string_view a_strategy = "baseline or optimized";

setting_field strategy_field(std::string_view key, strategy settings::* member) {
    return {
        key,
        a_strategy,
        [=](settings& s, std::string_view text) {
            const auto value = parse_strategy(text);
            if (value) s.*member = *value;
            return value.has_value();
        },
        [=](const settings& s) { return std::string(to_string(s.*member)); }
    };
}

setting_field all_strategies() {
    return {
        "strategies",
        a_strategy,
        [](settings& s, std::string_view text) {
            const auto value = parse_strategy(text);
            if (!value) return false;
            for (const auto member :
                 {&settings::model_selection,
                  &settings::by_risk,
                  &settings::batch,
                  &settings::pattern_memory,
                  &settings::parallel,
                  &settings::cache})
                s.*member = *value;
            s.trust.mode = *value == strategy::baseline ? verify::trust_mode::off
                                                        : verify::trust_mode::certified;
            return true;
        },
        {}
    };
}

/// One of the values of an enumeration, by their names.
template <class E>
setting_field choice(
    std::string_view key,
    E settings::* member,
    std::initializer_list<E> values,
    std::string_view allowed
) {
    return {
        key,
        allowed,
        [member, all = std::vector<E>(values)](settings& s, std::string_view text) {
            const auto found =
                std::ranges::find_if(all, [&](E value) { return text == to_string(value); });
            if (found != all.end()) s.*member = *found;
            return found != all.end();
        },
        [member](const settings& s) { return std::string(to_string(s.*member)); }
    };
}

}  // namespace

const std::vector<setting_field>& setting_fields() {
    static const std::vector<setting_field> all = [] {
        std::vector<setting_field> known = {
            choice(
                "approve",
                &settings::approve,
                {approval::automatic, approval::ask, approval::never},
                "auto, ask or never"
            ),
            integer("context_bytes", &settings::context_bytes, 4096, 4 << 20, "4096 to 4194304"),
            money("intention.max_usd", &settings::intention_spending),
            spending(
                "intention.max_tokens", &settings::intention_spending, &spending_limits::tokens
            ),
            answer_limit("limits.small.max_output_tokens", llm::tier::small),
            answer_limit("limits.medium.max_output_tokens", llm::tier::medium),
            answer_limit("limits.large.max_output_tokens", llm::tier::large),
            spending("max_calls", &settings::spending, &spending_limits::calls),
            integer("max_children", &settings::max_children, 2, 12, "2 to 12"),
            integer("max_cycles", &settings::max_cycles, 1, 100, "1 to 100"),
            integer("max_depth", &settings::max_depth, 0, 16, "0 to 16"),
            integer("max_intentions", &settings::max_intentions, 1, 10'000, "1 to 10000"),
            integer(
                "max_output_tokens", &settings::max_output_tokens, 256, 131'072, "256 to 131072"
            ),
            integer("max_steps", &settings::max_steps, 1, 1000, "1 to 1000"),
            spending("max_tokens", &settings::spending, &spending_limits::tokens),
            money("max_usd", &settings::spending),
            on_or_off("memory", &settings::memory),
            duration("model.timeout", &settings::model_timeout),
            duration("command.timeout", &settings::command_timeout),
            all_strategies(),
            strategy_field("strategy.model_selection", &settings::model_selection),
            strategy_field("strategy.pattern_memory", &settings::pattern_memory),
            strategy_field("verify.batch", &settings::batch),
            integer("verify.batch_most", &settings::batch_most, 1, 32, "1 to 32"),
            strategy_field("verify.cache", &settings::cache),
            strategy_field("verify.by_risk", &settings::by_risk),
            integer("verify.canaries", &settings::canaries, 0, 20, "0 to 20"),
            duration("verify.check_timeout", &settings::check_timeout),
            choice(
                "verify.judge",
                &settings::judge,
                {judging::off, judging::automatic, judging::always},
                "off, auto or always"
            ),
            strategy_field("verify.parallel", &settings::parallel),
            integer("verify.width", &settings::check_width, 1, 64, "1 to 64"),
            integer("width", &settings::width, 1, 64, "1 to 64"),
        };
        std::ranges::move(trust_fields(), std::back_inserter(known));
        return known;
    }();
    return all;
}

}  // namespace riva::agents
