#include "trust_record.hpp"

#include <array>
#include <charconv>
#include <string>
#include <string_view>

namespace riva::agents {
namespace {

std::string exact(double value) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

template <class T>
bool read(std::string_view text, T& into) {
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), into);
    return failed == std::errc() && end == text.data() + text.size();
}

std::optional<verify::risk_level> risk_named(std::string_view name) {
    using enum verify::risk_level;
    for (const auto level : {low, medium, high})
        if (verify::to_string(level) == name) return level;
    return std::nullopt;
}

}  // namespace

events::trust_basis record_of(const verify::trust_decision& made) {
    events::trust_basis record;
    record.risk = verify::to_string(made.action.risk);
    record.pattern = made.action.pattern;
    record.required = made.action.required;
    record.draw = std::to_string(made.draw);
    record.ticket = made.ticket;
    record.delivered = made.basis.delivered;
    record.skipped = made.basis.skipped;
    record.audited = made.basis.audited;
    record.caught = made.basis.caught;
    record.recovering = made.basis.recovering;
    record.clean = made.basis.clean;
    for (const auto& account : made.basis.accounts)
        record.accounts.push_back({exact(account.theta), account.charged});
    record.points = made.basis.points.left;
    record.points_delivered = made.basis.points.delivered;
    record.points_skipped = made.basis.points.skipped;
    record.points_caught = made.basis.points.caught;
    record.bound = made.bound;
    record.allowance = made.allowance;
    return record;
}

std::optional<verify::trust_decision> decision_from(
    const events::trust_basis& recorded, const verify::trust_settings& settings
) {
    verify::trust_decision made;
    const auto risk = risk_named(recorded.risk);
    auto& accounts = made.basis.accounts;
    if (!risk || !read(recorded.draw, made.draw) || recorded.accounts.size() != accounts.size())
        return std::nullopt;
    for (std::size_t j = 0; j < accounts.size(); ++j) {
        if (!read(recorded.accounts[j].theta, accounts[j].theta)) return std::nullopt;
        accounts[j].charged = recorded.accounts[j].charged;
    }
    made.action = {*risk, recorded.pattern, recorded.required};
    made.ticket = recorded.ticket;
    made.basis.delivered = recorded.delivered;
    made.basis.skipped = recorded.skipped;
    made.basis.audited = recorded.audited;
    made.basis.caught = recorded.caught;
    made.basis.recovering = recorded.recovering;
    made.basis.clean = recorded.clean;
    made.basis.points = {
        recorded.points, recorded.points_delivered, recorded.points_skipped, recorded.points_caught
    };
    return verify::decide_again(settings, made);
}

}  // namespace riva::agents
