#include "retry_budget.hpp"

#include "catch.hpp"

using riva::llm::retry_budget;
using riva::llm::retry_budget_policy;

TEST_CASE("retry budget pays 35 retries while everything fails, then none", "[governor]") {
    retry_budget budget{retry_budget_policy{}};
    int paid = 0;
    while (budget.pay(false, 0, 1)) ++paid;
    CHECK(paid == 35);
    CHECK(budget.tokens() == 10);
    CHECK(budget.pay(true, 0, 1) == 5);
    CHECK_FALSE(budget.above_half());
}

TEST_CASE("retry budget gives back the cost of a retry that helped", "[governor]") {
    retry_budget budget{retry_budget_policy{}};
    budget.refund(0);
    CHECK(budget.tokens() == 500);
    CHECK(budget.pay(false, 0, 1) == 14);
    budget.refund(14);
    CHECK(budget.tokens() == 500);
    CHECK(budget.pay(true, 0, 1) == 5);
    budget.refund(0);
    CHECK(budget.tokens() == 496);
}

TEST_CASE("retry budget bounds the retries under way by the requests in flight", "[governor]") {
    retry_budget budget{retry_budget_policy{}};
    CHECK(budget.pay(false, 2, 1));
    CHECK_FALSE(budget.pay(false, 3, 15));
    CHECK_FALSE(budget.pay(false, 4, 20));
    CHECK(budget.pay(false, 4, 25));
    CHECK_FALSE(budget.pay(false, 5, 25));
}
