#include <riva/runtime/ledger.hpp>

#include <algorithm>
#include <utility>

namespace riva {
namespace {

std::int64_t add(std::int64_t a, std::int64_t b) noexcept {
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/// What is left of a limit; negative when more was spent.
std::int64_t left_of(std::int64_t limit, std::int64_t spent, std::int64_t reserved) noexcept {
    return limit - add(spent, reserved);
}

cost without_negatives(cost c) noexcept {
    return {std::max<std::int64_t>(c.tokens, 0), std::max<std::int64_t>(c.micro_usd, 0)};
}

cost operator-(cost a, cost b) noexcept {
    return {a.tokens - b.tokens, a.micro_usd - b.micro_usd};
}

std::string dollars(std::int64_t micro_usd) {
    std::string fraction = std::to_string(micro_usd % 1'000'000);
    fraction.insert(0, 6 - fraction.size(), '0');
    while (fraction.size() > 2 && fraction.ends_with('0')) fraction.pop_back();
    return "$" + std::to_string(micro_usd / 1'000'000) + "." + fraction;
}

std::string refusal(
    const std::string& worst, const std::string& left, const std::string& limit, std::string account
) {
    return "The next model call could cost " + worst + "; " + left + " of the limit of " + limit +
           " of " + std::move(account) + " are left.";
}

}  // namespace

cost operator+(cost a, cost b) noexcept {
    return {add(a.tokens, b.tokens), add(a.micro_usd, b.micro_usd)};
}

ledger::lease::lease(lease&& other) noexcept
    : from_(std::exchange(other.from_, nullptr)),
      reserved_(other.reserved_),
      at_risk_(other.at_risk_),
      sent_(other.sent_) {}

ledger::lease& ledger::lease::operator=(lease&& other) noexcept {
    if (this == &other) return *this;
    close(at_risk_, sent_);
    from_ = std::exchange(other.from_, nullptr);
    reserved_ = other.reserved_;
    at_risk_ = other.at_risk_;
    sent_ = other.sent_;
    return *this;
}

ledger::lease::~lease() {
    close(at_risk_, sent_);
}

void ledger::lease::at_risk(cost most) noexcept {
    at_risk_ = without_negatives(most);
    sent_ = true;
}

result<void> ledger::lease::grow(cost more) {
    if (from_ == nullptr) return {};
    more = without_negatives(more);
    if (auto shortage = from_->find_shortage(more, false))
        return error{errc::budget_exhausted, std::move(shortage->explanation)};
    for (ledger* account = from_; account != nullptr; account = account->parent_)
        account->reserved_ = account->reserved_ + more;
    reserved_ = reserved_ + more;
    return {};
}

std::optional<ledger::shortage> ledger::lease::find_shortage(cost more) const {
    return from_ == nullptr ? std::nullopt : from_->find_shortage(without_negatives(more), false);
}

void ledger::lease::settle(cost actual) noexcept {
    close(without_negatives(actual), true);
}

void ledger::lease::close(cost actual, bool sent) noexcept {
    for (ledger* account = std::exchange(from_, nullptr); account != nullptr;
         account = account->parent_) {
        account->reserved_ = account->reserved_ - reserved_;
        account->spent_ = account->spent_ + actual;
        if (!sent) --account->calls_;
    }
}

ledger::ledger(spending_limits limits, std::string name)
    : limits_(limits), name_(std::move(name)) {}

ledger::ledger(ledger& parent, spending_limits limits, std::string name)
    : parent_(&parent), limits_(limits), name_(std::move(name)) {}

std::optional<ledger::shortage> ledger::own_shortage(cost most, bool new_call) const {
    if (new_call && calls_ >= limits_.calls)
        return shortage{
            limit::calls,
            this,
            "The limit of " + std::to_string(limits_.calls) + " model calls of " + name_ +
                " is reached."
        };
    const std::int64_t tokens = left_of(limits_.tokens, spent_.tokens, reserved_.tokens);
    if (most.tokens > tokens)
        return shortage{
            limit::tokens,
            this,
            refusal(
                std::to_string(most.tokens) + " tokens",
                std::to_string(std::max<std::int64_t>(tokens, 0)),
                std::to_string(limits_.tokens),
                name_
            )
        };
    const std::int64_t money = left_of(limits_.micro_usd, spent_.micro_usd, reserved_.micro_usd);
    if (most.micro_usd > money)
        return shortage{
            limit::money,
            this,
            refusal(
                dollars(most.micro_usd),
                dollars(std::max<std::int64_t>(money, 0)),
                dollars(limits_.micro_usd),
                name_
            )
        };
    return std::nullopt;
}

std::optional<ledger::shortage> ledger::find_shortage(cost most, bool new_call) const {
    for (const ledger* account = this; account != nullptr; account = account->parent_)
        if (auto found = account->own_shortage(most, new_call)) return found;
    return std::nullopt;
}

std::optional<ledger::shortage> ledger::find_shortage(cost most) const {
    return find_shortage(without_negatives(most), true);
}

void ledger::carry_over(std::int64_t calls, cost spent, const ledger* top) noexcept {
    for (ledger* account = this; account != top && account != nullptr; account = account->parent_) {
        account->calls_ = add(account->calls_, calls);
        account->spent_ = account->spent_ + without_negatives(spent);
    }
}

result<ledger::lease> ledger::reserve(cost most) {
    most = without_negatives(most);
    if (auto shortage = find_shortage(most, true))
        return error{errc::budget_exhausted, std::move(shortage->explanation)};
    for (ledger* account = this; account != nullptr; account = account->parent_) {
        ++account->calls_;
        account->reserved_ = account->reserved_ + most;
    }
    return lease(*this, most);
}

}  // namespace riva
