#include <riva/agents/metrics.hpp>

#include "attempt_tally.hpp"
#include "call_tally.hpp"
#include "run_plan.hpp"

#include <algorithm>
#include <utility>

namespace riva::agents {
namespace {

using std::chrono::milliseconds;

/// Told by whoever writes the change to the tree: perhaps `riva apply`, long after the pass.
bool is_of_effect(const events::body& body) {
    return type_name(body).starts_with("effect.");
}

/// An attempt as the passes saw it.
struct attempt {
    attempt_tally now;
    attempt_tally before;  // of an earlier pass

    void begin_again() {
        before = best();
        now = {};
    }
    attempt_tally best() const {
        const bool further = now.cycles() >= before.cycles();
        attempt_tally found = further ? now : before;
        found.add_escapes(further ? before : now);
        return found;
    }
};

struct intention_record {
    intention_metrics shown;  // without counts
    std::vector<attempt> attempts;
    std::size_t current = 0;  // position
};

/// Goes through the events of a run from the first to the last.
class fold {
public:
    void read(const event& e) {
        if (all_.run.empty()) {
            all_.run = e.run;
            all_.started = e.time;
            pass_began_ = e.time;
        }
        now_ = e.time;
        std::visit([this](const auto& body) { see(body); }, e.body);
        if (!is_of_effect(e.body)) last_ = e.time;
    }

    run_metrics finish() {
        if (!pass_ended_) cut_off();
        for (const auto& [id, calls] : calls_.all()) record(id).shown.work.calls = calls;
        for (const auto& id : order_) finish(records_[id]);
        const auto root = records_.find("1");
        if (is_result(all_.outcome))
            all_.first_attempt = all_.outcome == "verified" && root != records_.end() &&
                                 !root->second.attempts.back().best().had_setback();
        all_.quality_tier = quality_tier();
        return std::move(all_);
    }

private:
    intention_record& record(const std::string& id) {
        const auto [found, is_new] = records_.try_emplace(id);
        intention_record& r = found->second;
        if (is_new) {
            order_.push_back(id);
            r.shown.intention = id;
            r.attempts.emplace_back();
        }
        return r;
    }

    attempt_tally& tally(const std::string& id) {
        intention_record& r = record(id);
        return r.attempts[r.current].now;
    }

    /// The process of the pass was killed after the last event of its work.
    void cut_off() {
        all_.total += std::max(last_ - pass_began_, milliseconds(0));
        calls_.cut_off(last_);
    }

    void see(const events::run_started& e) {
        all_.passes = 1;
        all_.task = e.task;
        all_.repository = e.repository;
        all_.agent = e.agent;
        all_.settings = e.settings;
    }

    void see(const events::run_resumed& e) {
        if (!pass_ended_) cut_off();
        pass_began_ = now_;
        pass_ended_ = false;
        ++all_.passes;
        all_.settings = e.settings;
        all_.outcome.clear();
        starts_.clear();
    }

    void see(const events::intention_started& e) {
        intention_record& r = record(e.intention);
        r.shown.what = e.what;
        r.shown.depth = e.depth;
        r.shown.status = intention_status::active;
        r.shown.grade = evidence_grade::none;
        // A request that says little about its goal can be of any size.
        if (e.complexity && !e.complexity->ambiguous) r.shown.complexity = e.complexity->score;
        const int start = ++starts_[e.intention];
        r.current = static_cast<std::size_t>(start) - 1;
        if (r.current >= r.attempts.size()) r.attempts.resize(r.current + 1);
        r.attempts[r.current].begin_again();
        r.shown.attempts = std::max(r.shown.attempts, start);
        all_.depth = std::max<std::int64_t>(all_.depth, e.depth);
    }

    void see(const events::intention_ended& e) {
        intention_record& r = record(e.intention);
        r.shown.status = e.status;
        r.shown.grade = e.grade;
    }

    void see(const events::model_started& e) {
        calls_.see(e, now_);
        fell_back_ |= !e.fallback_from.empty();
    }

    void see(const events::model_ended& e) {
        calls_.see(e);
        tally(e.intention).see(e);
        asked_ = true;
        lost_answer_ |= e.unusable;
    }

    void see(const events::check_ended& e) {
        tally(e.intention).see(e);
        record(e.intention).shown.work.verification += e.evidence.duration;
    }

    void see(const events::action_executed& e) {
        record(e.intention).shown.work.execution += e.outcome.duration;
    }

    void see(const events::run_result& e) {
        calls_.see(e, now_);
        all_.total += milliseconds(e.wall_ms);
        pass_ended_ = true;
        all_.outcome = e.outcome;
        all_.grade = e.grade;
        all_.quality = e.quality;
        if (!all_.first_try && is_result(e.outcome)) all_.first_try = e.outcome == "verified";
    }

    /// What the pass has asked is known from here on, even if it is killed before it can say so.
    void see(const events::effect_prepared& e) {
        if (e.result) calls_.see(*e.result, now_);
    }

    template <class Body>
    void see(const Body& e) {
        if constexpr (requires(attempt_tally t) { t.see(e); }) tally(e.intention).see(e);
    }

    void finish(intention_record& r) {
        for (const auto& each : r.attempts) r.shown.work += each.best().figures(r.shown.simple());
        all_.work += r.shown.work;
        all_.intentions.push_back(std::move(r.shown));
    }

    std::string quality_tier() const {
        if (!asked_) return "unknown";
        if (lost_answer_) return "heuristic_fallback";
        return fell_back_ ? "model_fallback" : "llm_success";
    }

    run_metrics all_;
    call_tally calls_;
    std::map<std::string, intention_record> records_;
    std::vector<std::string> order_;
    std::map<std::string, int> starts_;  // in this pass
    std::chrono::sys_time<milliseconds> now_, last_, pass_began_;
    bool pass_ended_ = false;
    bool asked_ = false, lost_answer_ = false, fell_back_ = false;
};

}  // namespace

run_metrics measure(std::span<const event> of_run) {
    fold through;
    for (const auto& e : of_run) through.read(e);
    return through.finish();
}

}  // namespace riva::agents
