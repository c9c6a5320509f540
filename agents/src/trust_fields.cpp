#include "setting_field.hpp"

#include <array>
#include <charconv>

namespace riva::agents {
namespace {

using verify::trust_allowance;
using verify::trust_mode;
using verify::trust_settings;

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The shortest text that is read as the same number.
std::string print_number(double value) {
    std::array<char, 32> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

/// A number above 0 and below 1, or up to 1 if `whole`.
setting_field share(std::string_view key, double trust_settings::* member, bool whole = false) {
    return {
        key,
        whole ? "a number above 0 and at most 1" : "a number above 0 and below 1",
        [=](settings& s, std::string_view text) {
            const auto value = parse_number(text);
            if (!value || !(*value > 0 && (whole ? *value <= 1 : *value < 1))) return false;
            s.trust.*member = *value;
            return true;
        },
        [=](const settings& s) { return print_number(s.trust.*member); }
    };
}

template <class T>
setting_field count(
    std::string_view key, T trust_settings::* member, std::int64_t least, std::string_view allowed
) {
    return {
        key,
        allowed,
        [=](settings& s, std::string_view text) {
            const auto value = parse_integer(text);
            if (!value || *value < least || *value > 1'000'000) return false;
            s.trust.*member = static_cast<T>(*value);
            return true;
        },
        [=](const settings& s) { return std::to_string(s.trust.*member); }
    };
}

template <class T, std::size_t N>
setting_field choice(
    std::string_view key,
    T trust_settings::* member,
    std::string_view allowed,
    const std::array<T, N>& values
) {
    return {
        key,
        allowed,
        [=](settings& s, std::string_view text) {
            for (const T value : values) {
                if (text != to_string(value)) continue;
                s.trust.*member = value;
                return true;
            }
            return false;
        },
        [=](const settings& s) { return std::string(to_string(s.trust.*member)); }
    };
}

}  // namespace

std::vector<setting_field> trust_fields() {
    using t = trust_settings;
    return {
        choice(
            "trust.allowance",
            &t::allowance,
            "per_delivered or per_skipped",
            std::array{trust_allowance::per_delivered, trust_allowance::per_skipped}
        ),
        count("trust.clean_after_failure", &t::clean_after_failure, 0, "0 to 1000000"),
        count("trust.clean_before_skip", &t::clean_before_skip, 0, "0 to 1000000"),
        share("trust.delta", &t::delta),
        share("trust.epsilon", &t::epsilon),
        share("trust.least_audit", &t::least_audit),
        choice(
            "trust.mode",
            &t::mode,
            "off, heuristic or certified",
            std::array{trust_mode::off, trust_mode::heuristic, trust_mode::certified}
        ),
        share("trust.most_audit", &t::most_audit),
        share("trust.sensitivity", &t::sensitivity, true),
        count("trust.start_up", &t::start_up, 1, "1 to 1000000"),
    };
}

}  // namespace riva::agents
