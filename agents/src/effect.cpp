#include "effect.hpp"

#include <riva/runtime/digest.hpp>

namespace riva::agents {
namespace {

const std::string root_intention = "1";

/// No attempt is part of it: what is tried again is the same effect.
std::string id_of(const std::string& run, const std::string& kind, const change_set& change) {
    std::string text = run + '\n' + root_intention + '\n' + kind + '\n';
    for (const auto& file : change.files)
        text += file.change.before + ' ' + std::to_string(file.mode_before) + ' ' +
                file.change.after + ' ' + std::to_string(file.mode_after) + ' ' +
                std::to_string(file.change.path.size()) + ' ' + file.change.path + '\n';
    return sha256(text).substr(0, 24);
}

}  // namespace

effect_record find_effects(const std::vector<event>& recorded) {
    effect_record found, before;
    for (const auto& e : recorded) {
        if (const auto* prepared = std::get_if<events::effect_prepared>(&e.body)) {
            before = found;
            found.last = *prepared;
            found.open = true;
            if (prepared->result) found.promised = prepared->result;
        } else if (std::holds_alternative<events::effect_applied>(e.body)) {
            found.open = false;
        } else if (std::holds_alternative<events::effect_undone>(e.body)) {
            found = before;
        } else if (std::holds_alternative<events::run_result>(e.body) ||
                   std::holds_alternative<events::intention_started>(e.body)) {
            // Said, or no longer true: another pass is at work.
            found.promised.reset();
        }
    }
    return found;
}

events::effect_prepared make_effect(
    const std::string& run, const std::string& kind, const change_set& change
) {
    return {id_of(run, kind, change), root_intention, kind, change.files, std::nullopt};
}

}  // namespace riva::agents
