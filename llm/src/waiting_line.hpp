#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace riva::llm {

/// Who waits for a slot: first come first served within a run, and one of each run in turn, so that
/// a run with many calls does not make the others wait for all of them. Pure; holds no ownership.
template <class Waiter>
class waiting_line {
public:
    bool empty() const { return lanes_.empty(); }

    std::size_t size() const {
        std::size_t all = 0;
        for (const lane& each : lanes_) all += each.waiters.size();
        return all;
    }

    std::size_t size(std::uint64_t run) const {
        const auto found = std::ranges::find(lanes_, run, &lane::run);
        return found == lanes_.end() ? 0 : found->waiters.size();
    }

    void push(std::uint64_t run, Waiter& one) {
        const auto found = std::ranges::find(lanes_, run, &lane::run);
        if (found != lanes_.end()) return found->waiters.push_back(&one);
        lanes_.push_back({run, {&one}});
    }

    /// The next one. Precondition: not empty.
    Waiter& front() const { return *lanes_.front().waiters.front(); }

    /// Takes the next one out. Precondition: not empty.
    Waiter& pop() {
        lane first = std::move(lanes_.front());
        lanes_.pop_front();
        Waiter& next = *first.waiters.front();
        first.waiters.pop_front();
        if (!first.waiters.empty()) lanes_.push_back(std::move(first));
        return next;
    }

    template <class Visitor>
    void for_each(Visitor visit) const {
        for (const lane& each : lanes_)
            for (Waiter* one : each.waiters) visit(*one);
    }

    /// Somebody gives up. Nothing happens if they do not wait.
    void remove(std::uint64_t run, Waiter& one) {
        const auto found = std::ranges::find(lanes_, run, &lane::run);
        if (found == lanes_.end()) return;
        std::erase(found->waiters, &one);
        if (found->waiters.empty()) lanes_.erase(found);
    }

private:
    struct lane {
        std::uint64_t run;
        std::deque<Waiter*> waiters;
    };

    std::deque<lane> lanes_;  // never empty ones
};

}  // namespace riva::llm
