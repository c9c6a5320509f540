#include <riva/runtime/verdict.hpp>

#include <catch.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace {

using riva::evidence;
using riva::evidence_grade;
using riva::verdict;

const std::vector<verdict> every_verdict = {
    verdict::pass, verdict::fail, verdict::indeterminate, verdict::skipped, verdict::infra_error
};

std::vector<evidence> found(const std::vector<verdict>& results) {
    std::vector<evidence> all;
    for (const auto result : results) {
        evidence e;
        e.result = result;
        all.push_back(e);
    }
    return all;
}

verdict combined(const std::vector<verdict>& results) {
    return riva::combine(found(results));
}

/// Every list of verdicts with at most `length` elements.
std::vector<std::vector<verdict>> every_list(std::size_t length) {
    std::vector<std::vector<verdict>> lists = {{}};
    for (std::size_t i = 0; i < lists.size(); ++i) {
        if (lists[i].size() == length) continue;
        for (const auto next : every_verdict) {
            auto longer = lists[i];
            longer.push_back(next);
            lists.push_back(std::move(longer));
        }
    }
    return lists;
}

bool has(const std::vector<verdict>& list, verdict v) {
    return std::find(list.begin(), list.end(), v) != list.end();
}

evidence graded(verdict result, evidence_grade grade) {
    evidence e;
    e.result = result;
    e.grade = grade;
    return e;
}

}  // namespace

TEST_CASE("verdict of no evidence is indeterminate", "[verdict]") {
    CHECK(combined({}) == verdict::indeterminate);
    CHECK(combined({verdict::skipped}) == verdict::indeterminate);
}

TEST_CASE("verdict follows the documented order for every list of four", "[verdict]") {
    for (const auto& list : every_list(4)) {
        const verdict whole = combined(list);
        if (has(list, verdict::fail))
            CHECK(whole == verdict::fail);
        else if (has(list, verdict::infra_error))
            CHECK(whole == verdict::infra_error);
        else if (has(list, verdict::indeterminate) || !has(list, verdict::pass))
            CHECK(whole == verdict::indeterminate);
        else
            CHECK(whole == verdict::pass);
    }
}

TEST_CASE("verdict does not depend on the order of the evidence", "[verdict]") {
    for (auto list : every_list(3)) {
        const verdict whole = combined(list);
        std::sort(list.begin(), list.end());
        do CHECK(combined(list) == whole);
        while (std::next_permutation(list.begin(), list.end()));
    }
}

TEST_CASE("verdict never becomes a pass by more evidence that did not pass", "[verdict]") {
    for (const auto& list : every_list(3)) {
        if (combined(list) == verdict::pass) continue;
        for (const auto more : every_verdict) {
            if (more == verdict::pass) continue;
            auto longer = list;
            longer.push_back(more);
            CHECK(combined(longer) != verdict::pass);
        }
    }
}

TEST_CASE("verdict decides the judgment", "[verdict]") {
    CHECK(riva::judge(verdict::pass) == riva::judgment::success);
    CHECK(riva::judge(verdict::fail) == riva::judgment::failure);
    CHECK(riva::judge(verdict::skipped) == riva::judgment::partial);
    CHECK(riva::judge(verdict::indeterminate) == riva::judgment::unclear);
    CHECK(riva::judge(verdict::infra_error) == riva::judgment::unclear);
}

TEST_CASE("verdict takes the strongest grade of what passed only", "[verdict]") {
    CHECK(riva::strongest({}) == evidence_grade::none);
    const std::vector<evidence> list = {
        graded(verdict::pass, evidence_grade::judged),
        graded(verdict::pass, evidence_grade::statically),
        graded(verdict::fail, evidence_grade::executed),
        graded(verdict::skipped, evidence_grade::executed),
    };
    CHECK(riva::strongest(list) == evidence_grade::statically);
}

TEST_CASE("verdict and its relatives have distinct names", "[verdict]") {
    std::set<std::string_view> names;
    for (const auto v : every_verdict) names.insert(riva::to_string(v));
    CHECK(
        names ==
        std::set<std::string_view>{"pass", "fail", "indeterminate", "skipped", "infra_error"}
    );
    CHECK(riva::to_string(evidence_grade::statically) == "static");
    CHECK(riva::to_string(riva::intention_status::unverified) == "unverified");
    CHECK(riva::to_string(riva::layer::intent) == "intent");
    CHECK(riva::to_string(riva::author::independent_model) == "independent_model");
    CHECK(riva::to_string(riva::judgment::partial) == "partial");
}
