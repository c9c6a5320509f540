#pragma once

#include <riva/runtime/effect_events.hpp>
#include <riva/runtime/error.hpp>
#include <riva/runtime/memory_events.hpp>
#include <riva/runtime/model_events.hpp>
#include <riva/runtime/run_events.hpp>
#include <riva/runtime/verification_events.hpp>
#include <riva/runtime/work_events.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

/// Everything a run does is one of these events, emitted once, to the journal first. Progress,
/// `--json`, reports and metrics are folds over them. The JSON names are those of the struct
/// members.
namespace riva::events {

using body = std::variant<
    run_started,
    run_resumed,
    intention_started,
    intention_decomposed,
    intention_ended,
    model_started,
    model_delta,
    model_ended,
    action_proposed,
    action_gated,
    action_executed,
    action_rolled_back,
    check_started,
    check_ended,
    verify_decided,
    verify_ended,
    trust_changed,
    verify_canary,
    memory_recorded,
    memory_shown,
    workspace_diff,
    log,
    run_result,
    effect_prepared,
    effect_applied,
    effect_undone>;

}  // namespace riva::events

namespace riva {

struct event {
    std::uint64_t seq = 0;  ///< position in the run, from 1
    std::chrono::sys_time<std::chrono::milliseconds> time;
    std::string run;
    events::body body;

    friend bool operator==(const event&, const event&) = default;
};

/// The dotted name of an event's type, such as `check.ended`.
std::string_view type_name(const events::body& body);

/// One line of JSON without a newline:
/// `{"v":1,"seq":1,"t":"2026-11-23T10:00:00.000Z","run":"...","type":"...", fields}`.
std::string to_json(const event& e);

/// Reads what `to_json` wrote. Unknown members are ignored. Errors: `errc::malformed_event`.
result<event> event_from_json(std::string_view line);

}  // namespace riva
