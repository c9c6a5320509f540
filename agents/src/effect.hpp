#pragma once

#include <riva/runtime/change_set.hpp>
#include <riva/runtime/event.hpp>

#include <optional>
#include <string>
#include <vector>

namespace riva::agents {

/// What the journal says of how a run has written to the user's tree, without what was refused.
struct effect_record {
    std::optional<events::effect_prepared> last;  ///< nothing: it never has
    bool open = false;  ///< it is not known how far the last one got
    /// What the run is still to say once its change is applied; nothing when it has said so, or has
    /// gone back to work since.
    std::optional<events::run_result> promised;

    /// Whether the change of the run is in the tree, as far as the journal knows.
    bool applied() const { return last && !open && last->kind == "apply"; }
    /// Whether the process died between writing the tree and saying the result.
    bool is_unfinished_delivery() const { return last && last->kind == "apply" && promised; }
};

effect_record find_effects(const std::vector<event>& recorded);

/// What writes the change of a run to the tree (`apply`), or takes it back (`undo`).
events::effect_prepared make_effect(
    const std::string& run, const std::string& kind, const change_set& change
);

}  // namespace riva::agents
