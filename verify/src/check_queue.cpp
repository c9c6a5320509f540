#include "check_queue.hpp"

#include "blank_evidence.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

namespace riva::verify {
namespace {

/// Failures expected per unit of time: what is cheap and likely to fail teaches most.
double urgency(const check_estimate& expected) {
    return expected.likely_to_fail / std::max(expected.cost_ms, 1.0);
}

}  // namespace

check_queue::check_queue(
    std::vector<std::shared_ptr<check>> checks,
    check_input input,
    widths width,
    bool all_run,
    const check_history* history
)
    : checks_(std::move(checks)),
      input_(std::move(input)),
      history_(history),
      dependents_(checks_.size()),
      urgency_(checks_.size(), 0),
      missing_(checks_.size(), 0),
      found_(checks_.size()),
      ran_(checks_.size(), false) {
    for (std::size_t r = 0; r < lanes_.size(); ++r)
        lanes_[r].room = std::max<std::size_t>(width[r], 1);
    refuse_repeated_ids();
    for (std::size_t i = 0; i < checks_.size(); ++i) connect(i);
    for (std::size_t i = 0; i < checks_.size(); ++i) urgency_[i] = urgency(expected(i));
    if (all_run) find_longest_paths();
    for (std::size_t i = 0; i < checks_.size(); ++i)
        if (missing_[i] == 0) make_ready(i);
}

check_estimate check_queue::expected(std::size_t i) const {
    const check_traits& declared = traits(i);
    if (history_ != nullptr) return history_->estimate(declared);
    return {declared.likely_to_fail, static_cast<double>(declared.cost.count())};
}

std::size_t check_queue::room() const {
    std::size_t sum = 0;
    for (const lane& l : lanes_) sum += l.room;
    return sum;
}

void check_queue::refuse_repeated_ids() {
    index_.reserve(checks_.size());
    for (std::size_t i = 0; i < checks_.size(); ++i)
        if (!index_.emplace(traits(i).id, i).second)
            settle(i, verdict::indeterminate, "another check has the same id");
}

void check_queue::connect(std::size_t i) {
    if (found_[i]) return;
    for (const std::string& need : traits(i).needs) {
        const auto known = index_.find(need);
        if (known == index_.end())
            return settle(
                i, verdict::indeterminate, "needs " + need + ", which is not among the checks"
            );
        dependents_[known->second].push_back(i);
        ++missing_[i];
    }
}

/// Expected time from the start of each check to the end of all that needs it. Those in a circle,
/// which never run, keep what they have.
void check_queue::find_longest_paths() {
    std::vector<std::size_t> missing = missing_;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < checks_.size(); ++i)
        if (missing[i] == 0) order.push_back(i);
    for (std::size_t next = 0; next < order.size(); ++next)
        for (const std::size_t dependent : dependents_[order[next]])
            if (--missing[dependent] == 0) order.push_back(dependent);
    for (auto i = order.rbegin(); i != order.rend(); ++i) {
        double longest = 0;
        for (const std::size_t dependent : dependents_[*i])
            if (missing[dependent] == 0) longest = std::max(longest, urgency_[dependent]);
        urgency_[*i] = longest + expected(*i).cost_ms;
    }
}

void check_queue::make_ready(std::size_t i) {
    if (!found_[i]) lane_of(i).ready.push({urgency_[i], i});
}

std::optional<std::size_t> check_queue::next() {
    for (lane& l : lanes_) {
        if (l.running == l.room || l.ready.empty()) continue;
        const std::size_t i = l.ready.top().index;
        l.ready.pop();
        ++l.running;
        ran_[i] = true;
        return i;
    }
    return std::nullopt;
}

void check_queue::give_back(std::size_t i) {
    --lane_of(i).running;
    ran_[i] = false;
    make_ready(i);
}

void check_queue::ended(std::size_t i, evidence found) {
    --lane_of(i).running;
    const bool passed = found.result == verdict::pass;
    found_[i] = std::move(found);
    if (!passed) return;
    for (const std::size_t dependent : dependents_[i])
        if (--missing_[dependent] == 0) make_ready(dependent);
}

void check_queue::settle(std::size_t i, verdict result, std::string detail) {
    found_[i] = blank_evidence(traits(i), input_, result, std::move(detail));
}

std::vector<std::size_t> check_queue::settle_rest(std::optional<std::size_t> decisive) {
    if (decisive) {
        for (std::size_t i = 0; i < checks_.size(); ++i)
            if (!found_[i])
                settle(i, verdict::skipped, "not run, because " + traits(*decisive).id + " failed");
    } else {
        skip_what_is_blocked();
        name_circles();
    }
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < checks_.size(); ++i)
        if (!ran_[i]) rest.push_back(i);
    return rest;
}

void check_queue::skip_what_is_blocked() {
    std::vector<std::size_t> blocking;
    for (std::size_t i = 0; i < checks_.size(); ++i)
        if (found_[i] && found_[i]->result != verdict::pass) blocking.push_back(i);
    for (std::size_t next = 0; next < blocking.size(); ++next) {
        const std::size_t cause = blocking[next];
        const std::string reason = "not run, because it needs " + traits(cause).id + " (" +
                                   std::string(to_string(found_[cause]->result)) + ")";
        for (const std::size_t i : dependents_[cause]) {
            if (found_[i]) continue;
            settle(i, verdict::skipped, reason);
            blocking.push_back(i);
        }
    }
}

/// What is left when nothing failed and nothing is blocked waits, in the end, for itself.
void check_queue::name_circles() {
    std::vector<std::pair<std::size_t, std::string>> circles;
    for (std::size_t i = 0; i < checks_.size(); ++i)
        if (!found_[i]) circles.emplace_back(i, path_of_open_needs(i));
    for (auto& [i, path] : circles)
        settle(i, verdict::indeterminate, "circular dependencies: " + path);
}

std::string check_queue::path_of_open_needs(std::size_t i) const {
    constexpr std::size_t longest = 8;
    std::set<std::size_t> seen;
    std::string path = traits(i).id;
    while (seen.insert(i).second) {
        if (seen.size() > longest) return path + " -> ...";
        const auto& needs = traits(i).needs;
        const auto open = std::find_if(needs.begin(), needs.end(), [this](const std::string& need) {
            return !found_[index_.at(need)];
        });
        assert(open != needs.end());
        i = index_.at(*open);
        path += " -> " + traits(i).id;
    }
    return path;
}

std::vector<evidence> check_queue::all() && {
    std::vector<evidence> everything;
    everything.reserve(found_.size());
    for (auto& one : found_) everything.push_back(std::move(*one));
    return everything;
}

}  // namespace riva::verify
