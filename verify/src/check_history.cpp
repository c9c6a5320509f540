#include <riva/verify/check_history.hpp>

#include <algorithm>
#include <utility>

namespace riva::verify {
namespace {

constexpr double declared_runs = 4;

const std::string& kind_of(const check_traits& check) {
    return check.kind.empty() ? check.id : check.kind;
}

void count(check_record& into, const evidence& found) {
    ++into.runs;
    if (found.result == verdict::fail) ++into.failures;
    into.duration += found.duration;
}

}  // namespace

check_estimate check_history::estimate(const check_traits& of) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(kind_of(of));
    const check_record record = found == known_.end() ? check_record{} : found->second;
    const double runs = declared_runs + static_cast<double>(record.runs);
    const double failures =
        declared_runs * of.likely_to_fail + static_cast<double>(record.failures);
    const double duration = declared_runs * static_cast<double>(of.cost.count()) +
                            static_cast<double>(record.duration.count());
    return {failures / runs, duration / runs};
}

void check_history::know(const records& more) {
    const std::lock_guard lock(mutex_);
    for (const auto& [kind, record] : more) {
        check_record& into = known_[kind];
        into.runs += record.runs;
        into.failures += record.failures;
        into.duration += record.duration;
    }
}

void check_history::add(const check_traits& of, const evidence& found) {
    if (found.result != verdict::pass && found.result != verdict::fail) return;
    const std::lock_guard lock(mutex_);
    count(known_[kind_of(of)], found);
    count(news_[kind_of(of)], found);
}

check_history::records check_history::take_news() {
    const std::lock_guard lock(mutex_);
    return std::exchange(news_, {});
}

}  // namespace riva::verify
