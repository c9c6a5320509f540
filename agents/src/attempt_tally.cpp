#include "attempt_tally.hpp"

#include "proposal.hpp"

namespace riva::agents {

void attempt_tally::begin_cycle() {
    if (failed_before_) ++retries_;
    failed_before_ = false;
    if (decompositions_ > 0) cycle_after_split_ = true;
}

void attempt_tally::fail_cycle() {
    ++failures_;
    failed_before_ = true;
}

void attempt_tally::see(const events::model_ended& e) {
    if (!e.unusable || e.purpose != proposal_schema_name) return;
    begin_cycle();
    ++answers_lost_;
    fail_cycle();
}

void attempt_tally::see(const events::intention_decomposed&) {
    ++decompositions_;
}

void attempt_tally::see(const events::action_proposed& e) {
    begin_cycle();
    cycles_[e.cycle].required = e.done;
}

void attempt_tally::see(const events::action_gated& e) {
    cycles_[e.cycle].risk = e.risk;
    if (e.decision == "denied") fail_cycle();
}

void attempt_tally::see(const events::action_rolled_back&) {
    fail_cycle();
}

void attempt_tally::see(const events::check_ended& e) {
    const evidence& found = e.evidence;
    if (found.result == verdict::skipped) return;
    auto& layer = checks_[std::string(to_string(found.layer))];
    ++layer.performed;
    if (found.result == verdict::fail) ++layer.failed;
    if (found.result == verdict::infra_error) ++layer.infra_errors;
}

void attempt_tally::see(const events::verify_decided& e) {
    cycle& c = cycles_[e.cycle];
    c.decision = e.decision;
    // What is verified by a rule is so for certain.
    c.by_coin = e.decision != "skip" && e.probability < 1;
    if (e.trust) c.required = e.trust->required;
    if (c.risk.empty() && e.trust) c.risk = e.trust->risk;
}

void attempt_tally::see(const events::verify_ended& e) {
    cycle& c = cycles_[e.cycle];
    c.result = e.result;
    c.batch = e.batch;
}

void attempt_tally::see(const events::trust_changed& e) {
    if (e.outcome == "escape") cycles_[e.cycle].escaped = true;
}

void attempt_tally::see(const events::verify_canary& e) {
    if (e.outcome != "caught" && e.outcome != "missed") return;
    ++canaries_;
    if (e.outcome == "caught") ++canaries_caught_;
}

void attempt_tally::add_escapes(const attempt_tally& of_other) {
    for (const auto& [number, c] : of_other.cycles_) {
        const auto same = cycles_.find(number);
        if (c.escaped && same != cycles_.end()) same->second.escaped = true;
    }
}

std::int64_t attempt_tally::cycles() const {
    return static_cast<std::int64_t>(cycles_.size()) + answers_lost_;
}

decision_figures attempt_tally::figures_of(const cycle& c) {
    decision_figures f;
    const bool failed = c.result == verdict::fail;
    if (c.batch > 1) f.batched = 1;
    if (c.decision == "skip") {
        f.skipped = 1;
        if (failed || c.escaped) f.escaped = 1;
        return f;
    }
    f.verified = 1;
    if (c.decision == "defer") f.deferred = 1;
    if (failed) f.failed = 1;
    if (c.by_coin) f.audited = 1;
    if (c.by_coin && failed) f.caught = 1;
    const bool needless = c.risk == "low" && !c.by_coin && !c.required;
    if (needless && c.result == verdict::pass) f.skippable = 1;
    return f;
}

work_figures attempt_tally::figures(bool simple) const {
    work_figures all;
    for (const auto& [number, c] : cycles_)
        if (!c.decision.empty())
            all.decisions[c.risk.empty() ? "unknown" : c.risk] += figures_of(c);
    all.checks = checks_;
    all.cycles = cycles();
    all.retries = retries_;
    all.decompositions = decompositions_;
    all.skippable_decompositions = simple ? decompositions_ : 0;
    all.canaries = canaries_;
    all.canaries_caught = canaries_caught_;
    return all;
}

}  // namespace riva::agents
