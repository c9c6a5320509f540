#pragma once

#include "acceptance.hpp"
#include "work_item.hpp"

#include <cstddef>
#include <string>
#include <vector>

/// The model as a judge: the layer `intent`.
namespace riva::agents {

/// Something to be judged.
struct judged_item {
    std::string name;  ///< for the evidence, such as `step 3`
    std::string text;  ///< what was done
};

/// Asks a model, in one call that knows nothing of those that did it, whether each item serves the
/// intention. One piece of evidence for each, in order, of grade `judged`. Without an answer that
/// can be used all are `indeterminate`: a judge that is not there says nothing. Throws as
/// `ask_model` does when a budget is used up.
asio::awaitable<std::vector<evidence>> ask_judge(work_item& item, std::vector<judged_item> items);

/// Adds what a judge says of all that changed, if the settings want one: with `automatic` where the
/// acceptance has no other check, with `always` unless something failed.
asio::awaitable<void> consult_judge(work_item& item, verification& v);

/// What was done in one attempt, whole up to a cap, for a judge.
std::string describe_for_judge(const cycle& c);

}  // namespace riva::agents
