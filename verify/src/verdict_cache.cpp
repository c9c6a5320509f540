#include <riva/verify/verdict_cache.hpp>

#include <riva/runtime/digest.hpp>

#include <random>
#include <utility>

namespace riva::verify {
namespace {

verdict_cache::coin fair_coin() {
    return [source = std::mt19937_64(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<>()(source);
    };
}

/// Empty: what the check depends on is not known in full.
std::string key_of(const check_traits& of, const check_input& input) {
    if (of.recipe.empty() || input.tree.empty()) return {};
    return sha256(of.id + "\n" + sha256(of.recipe) + "\n" + input.tree);
}

bool can_be_kept(const evidence& e) {
    const bool decided = e.result == verdict::pass || e.result == verdict::fail;
    return decided && e.grade != evidence_grade::none;
}

}  // namespace

verdict_cache::verdict_cache(double run_again, std::size_t most, coin toss)
    : run_again_(run_again), most_(most), toss_(toss ? std::move(toss) : fair_coin()) {}

std::optional<evidence> verdict_cache::find(const check_traits& of, const check_input& input) {
    const std::string key = key_of(of, input);
    if (key.empty()) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (found == known_.end() || poisoned_.contains(of.recipe)) return std::nullopt;
    if (toss_() < run_again_) return std::nullopt;
    return found->second;
}

bool verdict_cache::add(const check_traits& of, const check_input& input, const evidence& found) {
    const std::string key = key_of(of, input);
    if (key.empty() || !can_be_kept(found)) return true;
    const std::lock_guard lock(mutex_);
    if (poisoned_.contains(of.recipe)) return true;
    const auto [place, is_new] = known_.try_emplace(key, found);
    if (!is_new) {
        if (place->second.result == found.result) return true;
        poisoned_.insert(of.recipe);
        return false;
    }
    order_.push_back(key);
    if (order_.size() > most_) {
        known_.erase(order_.front());
        order_.pop_front();
    }
    return true;
}

}  // namespace riva::verify
