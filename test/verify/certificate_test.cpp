#include "certificate.hpp"

#include "catch.hpp"

#include <cmath>
#include <random>

using namespace riva::verify;

namespace {

constexpr double delta = 0.05;
constexpr audit_range range{0.05, 0.75};

/// Accounts as a long history could have left them.
trust_accounts random_accounts(std::mt19937& random) {
    std::uniform_real_distribution<double> part(0.0, 1.0);
    trust_accounts accounts = new_trust_accounts;
    const double last_q = range.least + part(random) * (range.most - range.least);
    commit(accounts, {.q = last_q, .theta = most_theta(last_q)});
    const auto failures = static_cast<int>(part(random) * 30);
    for (trust_account& each : accounts) each.charged = failures * kappa_charge(each.theta, last_q);
    return accounts;
}

trust_accounts with_charges(trust_accounts accounts, std::int64_t more) {
    for (trust_account& each : accounts) each.charged += more;
    return accounts;
}

}  // namespace

TEST_CASE("a wrong action multiplies M by one on average, whatever theta and q", "[certificate]") {
    for (const double q : {1e-9, 1e-4, 0.02, 0.05, 0.3, 0.75, 0.99, 1 - 1e-9})
        for (const double part : {1e-9, 1e-3, 0.1, 0.5, 0.75, 0.999}) {
            const double theta = part * -std::log1p(-q);
            const double k = kappa(theta, q);
            INFO("q " << q << ", theta " << theta << ", kappa " << k);
            REQUIRE(std::isfinite(k));
            CHECK(k >= -1e-12);
            CHECK((1 - q) * std::exp(theta) + q * std::exp(-k) == Approx(1).epsilon(1e-12));
        }
}

TEST_CASE("an account is never charged less than kappa", "[certificate]") {
    for (double q = 0.02; q < 0.9; q += 0.01)
        for (double part = 0.01; part < 1; part += 0.01) {
            const double theta = part * most_theta(q);
            const double charged = static_cast<double>(kappa_charge(theta, q)) * 0x1p-32;
            REQUIRE(charged >= kappa(theta, q));
            REQUIRE(charged <= kappa(theta, q) + 3 * 0x1p-32);
            REQUIRE(charged < 1.4);  // ln(1 / (1 - 0.75))
        }
}

TEST_CASE("the accounts share delta and start above ln(1/delta)", "[certificate]") {
    double sum = 0;
    for (std::size_t j = 0; j < new_trust_accounts.size(); ++j) {
        sum += delta_share(j);
        CHECK(
            log_bound(new_trust_accounts, j, delta) ==
            Approx(std::log(1 / (delta * delta_share(j))))
        );
    }
    CHECK(sum == Approx(1).epsilon(1e-12));
    CHECK(sum <= 1 + 1e-15);
}

TEST_CASE("a plan keeps escapes within the allowance it was made for", "[certificate][property]") {
    const unsigned seed = 1;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> exponent(0.0, 4.0);
    int planned = 0;
    for (int i = 0; i < 20'000; ++i) {
        trust_accounts accounts = random_accounts(random);
        const double allowance = std::pow(10.0, exponent(random));
        const auto plan = plan_audit(accounts, delta, allowance, range);
        const double least = least_allowance(accounts, delta, range);
        if (!plan) {
            REQUIRE(allowance <= least * (1 + 1e-12));
            continue;
        }
        ++planned;
        REQUIRE(allowance >= least * (1 - 1e-12));
        REQUIRE(plan->q >= range.least);
        REQUIRE(plan->q <= range.most);
        REQUIRE(plan->theta <= most_theta(plan->q) * (1 + 1e-12));
        const trust_accounts before = accounts;
        commit(accounts, *plan);
        REQUIRE(escape_bound(accounts, delta) <= allowance * (1 + 1e-12));
        for (std::size_t j = 0; j < accounts.size(); ++j) {
            REQUIRE(accounts[j].theta <= before[j].theta);
            REQUIRE(accounts[j].theta <= plan->theta);
        }
        for (const std::int64_t charge : charges(accounts, plan->q)) REQUIRE(charge > 0);
    }
    CHECK(planned > 5'000);
}

TEST_CASE(
    "audits become no rarer with charges, and no more frequent with a larger allowance",
    "[certificate][property]"
) {
    const unsigned seed = 2;
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto q = [](const trust_accounts& accounts, double allowance) {
        const auto plan = plan_audit(accounts, delta, allowance, range);
        return plan ? plan->q : 1.0;
    };
    for (int i = 0; i < 5'000; ++i) {
        const trust_accounts accounts = random_accounts(random);
        const double allowance = std::uniform_real_distribution<double>(1, 500)(random);
        const double now = q(accounts, allowance);
        REQUIRE(q(with_charges(accounts, kappa_charge(0.03, 0.05)), allowance) >= now);
        REQUIRE(q(accounts, allowance * 1.01) <= now);
    }
}
