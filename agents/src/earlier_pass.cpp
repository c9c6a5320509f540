#include "earlier_pass.hpp"

#include "run_plan.hpp"

#include <algorithm>
#include <utility>

namespace riva::agents {
namespace {

void add(events::usage& to, const events::model_ended& call) {
    const auto book = [&](auto& sum) {
        ++sum.calls;
        sum.input_tokens += call.input_tokens;
        sum.output_tokens += call.output_tokens;
        sum.micro_usd += call.micro_usd;
        if (!call.priced) ++sum.unpriced_calls;
    };
    book(to);
    book(to.by_tier[call.tier]);
}

cost cost_of(const events::model_ended& call) {
    return {call.input_tokens + call.output_tokens, call.micro_usd};
}

}  // namespace

/// Goes through the record from the first event to the last.
class earlier_pass::reader {
public:
    explicit reader(earlier_pass& into) : into_(into) {}

    void read(const event& e) {
        into_.last_seq_ = e.seq;
        std::visit([this](const auto& body) { see(body); }, e.body);
    }

    /// The last pass has no end where its process was killed.
    void finish() {
        for (const auto& [intention, call] : under_way_) {
            events::model_ended lost;
            lost.tier = call.tier;
            lost.priced = false;
            add(into_.spent_, lost);
        }
        under_way_.clear();
    }

private:
    void see(const events::run_resumed&) {
        resumed_ = true;
        finish();
        attempts_.clear();
        failed_.clear();
    }

    void see(const events::intention_started& e) { ++attempts_[e.intention]; }

    void see(const events::model_started& e) {
        under_way_[e.intention] = e;
        into_.shown_.try_emplace({e.intention, attempts_[e.intention]});
    }

    void see(const events::memory_shown& e) {
        into_.shown_.try_emplace({e.intention, attempts_[e.intention]}, e.entries);
    }

    void see(const events::memory_recorded& e) {
        if (!resumed_) into_.learnt_.push_back(e);
    }

    void see(const events::model_ended& e) {
        under_way_.erase(e.intention);
        if (e.recorded) return;
        add(into_.spent_, e);
        lane at{e.intention, attempts_[e.intention], e.purpose};
        recorded_answer& next = failed_[at];
        next.paid = next.paid + cost_of(e);
        if (!e.error.empty() && !e.unusable) {
            ++next.calls;
            return;
        }
        next.said = e;
        into_.answers_[at].push_back(std::exchange(next, {}));
    }

    void see(const events::verify_decided& e) {
        into_.decisions_.emplace(moment{e.intention, attempts_[e.intention], e.cycle}, e);
    }

    void see(const events::trust_changed& e) {
        into_.told_.insert(outcome_in(e, attempts_[e.intention]));
    }

    void see(const events::run_result& e) {
        take(e.usage);
        into_.had_result_ |= is_result(e.outcome);
    }

    /// The pass was killed, perhaps, before it could say that.
    void see(const events::effect_prepared& e) {
        if (e.result) take(e.result->usage);
    }

    /// Counts also the calls that were cancelled, which have no end in the record.
    void take(const events::usage& told) {
        into_.spent_ = told;
        under_way_.clear();
    }

    template <class Other>
    void see(const Other&) {}

    earlier_pass& into_;
    bool resumed_ = false;
    std::map<std::string, int> attempts_;
    std::map<std::string, events::model_started> under_way_;  // one at a time for each intention
    std::map<lane, recorded_answer> failed_;  // what an answer has cost before it came
};

earlier_pass::earlier_pass(const std::vector<event>& recorded) {
    reader through(*this);
    for (const auto& e : recorded) through.read(e);
    through.finish();
}

const recorded_answer* earlier_pass::take_answer(
    const std::string& intention,
    int attempt,
    const std::string& purpose,
    const std::string& request
) {
    const auto found = answers_.find({intention, attempt, purpose});
    if (found == answers_.end()) return nullptr;
    auto& lane = found->second;
    const auto next = std::ranges::find_if(lane, [&](const recorded_answer& each) {
        return request.empty() || each.said.request == request;
    });
    if (next == lane.end()) return nullptr;
    taken_ = std::move(*next);
    lane.erase(next);
    return &taken_;
}

bool earlier_pass::has_answer(const std::string& intention, int attempt) const {
    const auto first = answers_.lower_bound({intention, attempt, {}});
    const auto last = answers_.lower_bound({intention, attempt + 1, {}});
    return std::any_of(first, last, [](const auto& each) { return !each.second.empty(); });
}

std::optional<llm::tier> earlier_pass::find_tier(
    const std::string& intention, int attempt, const std::string& purpose
) const {
    const auto found = answers_.find({intention, attempt, purpose});
    if (found == answers_.end() || found->second.empty()) return std::nullopt;
    return llm::parse_tier(found->second.front().said.tier);
}

earlier_pass::told_outcome earlier_pass::outcome_in(const events::trust_changed& e, int attempt) {
    return {{e.intention, attempt, e.cycle}, e.risk, e.pattern, e.outcome};
}

bool earlier_pass::has_told(const events::trust_changed& what, int attempt) const {
    return told_.contains(outcome_in(what, attempt));
}

const std::vector<events::remembered>* earlier_pass::find_shown(
    const std::string& intention, int attempt
) const {
    const auto found = shown_.find({intention, attempt});
    return found == shown_.end() ? nullptr : &found->second;
}

const events::verify_decided* earlier_pass::find_decision(
    const std::string& intention, int cycle, int attempt
) const {
    const auto found = decisions_.find({intention, attempt, cycle});
    return found == decisions_.end() ? nullptr : &found->second;
}

}  // namespace riva::agents
