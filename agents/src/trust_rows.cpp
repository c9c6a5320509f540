#include "trust_rows.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace riva::agents {
namespace {

using verify::risk_level;
using verify::trust_state;

/// Why a row cannot be right.
using fault = std::optional<std::string>;

fault bad(const std::string& row) {
    return row + " has values that no decisions lead to";
}

bool is_risk(std::int64_t number) {
    return number >= 0 && number < static_cast<std::int64_t>(trust_state{}.classes.size());
}

bool is_int(std::int64_t number) {
    return number >= 0 && number <= std::numeric_limits<int>::max();
}

std::string name_of(std::int64_t risk) {
    return is_risk(risk) ? std::string(to_string(static_cast<risk_level>(risk)))
                         : "number " + std::to_string(risk);
}

fault take(const memory::trust_class_row& row, trust_state& into) {
    const std::string name = "the class of risk " + name_of(row.risk);
    if (!is_risk(row.risk) || !is_int(row.recovering) || row.recovers_from < 0) return bad(name);
    verify::trust_class& c = into.of(static_cast<risk_level>(row.risk));
    if (row.accounts.size() != c.accounts.size()) return name + " does not have all its accounts";
    c.delivered = row.delivered;
    c.skipped = row.skipped;
    c.audited = row.audited;
    c.caught = row.caught;
    c.recovering = static_cast<int>(row.recovering);
    c.recovers_from = static_cast<std::uint64_t>(row.recovers_from);
    for (std::size_t j = 0; j < c.accounts.size(); ++j)
        c.accounts[j] = {row.accounts[j].theta, row.accounts[j].charged};
    trust_state alone;
    alone.of(static_cast<risk_level>(row.risk)) = c;
    return find_fault(alone) ? bad(name) : std::nullopt;
}

fault take(const memory::trust_pattern_row& row, trust_state& into) {
    if (!is_risk(row.risk) || !is_int(row.clean) || row.counts_from < 0)
        return bad("the pattern '" + row.pattern + "' of risk " + name_of(row.risk));
    into.of(static_cast<risk_level>(row.risk)).patterns[row.pattern] = {
        static_cast<int>(row.clean), static_cast<std::uint64_t>(row.counts_from)
    };
    return std::nullopt;
}

fault take(const memory::trust_ticket_row& row, trust_state& into) {
    const std::string name = "the open verification " + std::to_string(row.ticket);
    verify::trust_ticket t;
    if (!is_risk(row.risk) || row.ticket < 1 || row.reserved.size() > t.reserved.size() ||
        std::ranges::any_of(row.reserved, [](std::int64_t amount) { return amount < 0; }))
        return bad(name);
    if (static_cast<std::uint64_t>(row.ticket) >= into.next_ticket)
        return name + " is newer than the newest";
    t.risk = static_cast<risk_level>(row.risk);
    t.pattern = row.pattern;
    t.by_points = row.by_points;
    t.trusted = row.trusted;
    t.audit = row.audit;
    std::ranges::copy(row.reserved, t.reserved.begin());
    into.tickets.emplace(static_cast<std::uint64_t>(row.ticket), std::move(t));
    return std::nullopt;
}

template <class Row>
fault take_all(const std::vector<Row>& rows, trust_state& into) {
    for (const Row& row : rows)
        if (auto found = take(row, into)) return found;
    return std::nullopt;
}

memory::trust_class_row row_of(risk_level risk, const verify::trust_class& c) {
    memory::trust_class_row row{
        .risk = static_cast<std::int64_t>(risk),
        .delivered = c.delivered,
        .skipped = c.skipped,
        .audited = c.audited,
        .caught = c.caught,
        .recovering = c.recovering,
        .recovers_from = static_cast<std::int64_t>(c.recovers_from),
        .accounts = {}
    };
    for (const auto& account : c.accounts) row.accounts.push_back({account.theta, account.charged});
    return row;
}

memory::trust_ticket_row row_of(std::uint64_t number, const verify::trust_ticket& t) {
    memory::trust_ticket_row row{
        .ticket = static_cast<std::int64_t>(number),
        .risk = static_cast<std::int64_t>(t.risk),
        .pattern = t.pattern,
        .by_points = t.by_points,
        .trusted = t.trusted,
        .audit = t.audit,
        .reserved = {t.reserved.begin(), t.reserved.end()}
    };
    while (!row.reserved.empty() && row.reserved.back() == 0) row.reserved.pop_back();
    return row;
}

}  // namespace

std::variant<trust_state, std::string> state_of(const memory::trust_rows& rows) {
    trust_state state;
    if (rows.next_ticket < 1) return "the number of the next verification is below 1";
    state.next_ticket = static_cast<std::uint64_t>(rows.next_ticket);
    auto found = take_all(rows.classes, state);
    if (!found) found = take_all(rows.patterns, state);
    if (!found) found = take_all(rows.tickets, state);
    if (found) return *found;
    if (find_fault(state)) return "the open verifications are not covered by the accounts";
    return state;
}

memory::trust_rows rows_of(const trust_state& state, const std::set<risk_level>& risks) {
    memory::trust_rows rows;
    rows.next_ticket = static_cast<std::int64_t>(state.next_ticket);
    for (const risk_level risk : risks) {
        rows.classes.push_back(row_of(risk, state.of(risk)));
        for (const auto& [pattern, p] : state.of(risk).patterns)
            rows.patterns.push_back(
                {static_cast<std::int64_t>(risk),
                 pattern,
                 p.clean,
                 static_cast<std::int64_t>(p.counts_from)}
            );
    }
    for (const auto& [number, ticket] : state.tickets)
        rows.tickets.push_back(row_of(number, ticket));
    return rows;
}

}  // namespace riva::agents
