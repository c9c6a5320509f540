#pragma once

#include <riva/runtime/change_set.hpp>
#include <riva/runtime/run_events.hpp>

#include <optional>
#include <string>
#include <vector>

/// What is done to the user's tree.
namespace riva::events {

/// The user's tree is going to be written: whatever happens from here on, it is known what was to
/// be done, and the contents before and after are in the object store of the run. Until
/// `effect.applied` or `effect.undone` it is not known how much of it was done.
struct effect_prepared {
    std::string effect;  ///< its id: the same for the same effect, however often it is tried
    std::string intention;
    std::string kind;  ///< `apply`, or `undo` for the way back
    std::vector<changed_file> files;
    /// What the run says once the change is applied; nothing when it has said so before.
    std::optional<run_result> result;
    friend bool operator==(const effect_prepared&, const effect_prepared&) = default;
};

/// Every file of the effect is as it was to be, and that is durable.
struct effect_applied {
    std::string effect;
    friend bool operator==(const effect_applied&, const effect_applied&) = default;
};

/// Nothing of the effect was written: the tree is what it was before it was prepared.
struct effect_undone {
    std::string effect;
    std::string reason;
    friend bool operator==(const effect_undone&, const effect_undone&) = default;
};

}  // namespace riva::events
