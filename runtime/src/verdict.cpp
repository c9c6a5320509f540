#include <riva/runtime/verdict.hpp>

#include <algorithm>

namespace riva {

verdict combine(std::span<const evidence> found) {
    const auto any = [&](verdict v) {
        return std::any_of(found.begin(), found.end(), [&](const evidence& e) {
            return e.result == v;
        });
    };
    for (const verdict decisive : {verdict::fail, verdict::infra_error, verdict::indeterminate})
        if (any(decisive)) return decisive;
    return any(verdict::pass) ? verdict::pass : verdict::indeterminate;
}

evidence_grade strongest(std::span<const evidence> found) {
    evidence_grade best = evidence_grade::none;
    for (const auto& e : found)
        if (e.result == verdict::pass) best = std::max(best, e.grade);
    return best;
}

judgment judge(verdict v) {
    switch (v) {
        case verdict::pass: return judgment::success;
        case verdict::fail: return judgment::failure;
        case verdict::skipped: return judgment::partial;
        case verdict::indeterminate:
        case verdict::infra_error: return judgment::unclear;
    }
    return judgment::unclear;
}

std::string_view to_string(verdict v) {
    switch (v) {
        case verdict::pass: return "pass";
        case verdict::fail: return "fail";
        case verdict::indeterminate: return "indeterminate";
        case verdict::skipped: return "skipped";
        case verdict::infra_error: return "infra_error";
    }
    return "indeterminate";
}

std::string_view to_string(evidence_grade g) {
    switch (g) {
        case evidence_grade::none: return "none";
        case evidence_grade::judged: return "judged";
        case evidence_grade::statically: return "static";
        case evidence_grade::executed: return "executed";
    }
    return "none";
}

std::string_view to_string(layer l) {
    switch (l) {
        case layer::syntax: return "syntax";
        case layer::semantic: return "semantic";
        case layer::behavioural: return "behavioural";
        case layer::intent: return "intent";
    }
    return "syntax";
}

std::string_view to_string(author a) {
    switch (a) {
        case author::user: return "user";
        case author::repository: return "repository";
        case author::independent_model: return "independent_model";
        case author::actor: return "actor";
        case author::runtime: return "runtime";
    }
    return "runtime";
}

std::string_view to_string(intention_status s) {
    switch (s) {
        case intention_status::active: return "active";
        case intention_status::verified: return "verified";
        case intention_status::failed: return "failed";
        case intention_status::unverified: return "unverified";
        case intention_status::cancelled: return "cancelled";
    }
    return "failed";
}

std::string_view to_string(judgment j) {
    switch (j) {
        case judgment::success: return "success";
        case judgment::failure: return "failure";
        case judgment::partial: return "partial";
        case judgment::unclear: return "unclear";
    }
    return "unclear";
}

}  // namespace riva
