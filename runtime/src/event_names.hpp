#pragma once

#include <riva/runtime/event.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace riva {

/// The values of an enumeration, so that a name can be found again.
template <class E>
struct all_values;

template <>
struct all_values<query_kind> {
    static constexpr std::array list = {query_kind::read, query_kind::search, query_kind::list};
};
template <>
struct all_values<change_kind> {
    static constexpr std::array list = {
        change_kind::created, change_kind::modified, change_kind::deleted
    };
};
template <>
struct all_values<verdict> {
    static constexpr std::array list = {
        verdict::pass, verdict::fail, verdict::indeterminate, verdict::skipped, verdict::infra_error
    };
};
template <>
struct all_values<evidence_grade> {
    static constexpr std::array list = {
        evidence_grade::none,
        evidence_grade::judged,
        evidence_grade::statically,
        evidence_grade::executed
    };
};
template <>
struct all_values<layer> {
    static constexpr std::array list = {
        layer::syntax, layer::semantic, layer::behavioural, layer::intent
    };
};
template <>
struct all_values<author> {
    static constexpr std::array list = {
        author::user, author::repository, author::independent_model, author::actor, author::runtime
    };
};
template <>
struct all_values<intention_status> {
    static constexpr std::array list = {
        intention_status::active,
        intention_status::verified,
        intention_status::failed,
        intention_status::unverified,
        intention_status::cancelled
    };
};

template <class E>
std::optional<E> from_name(std::string_view name) {
    for (const E value : all_values<E>::list)
        if (to_string(value) == name) return value;
    return std::nullopt;
}

/// The dotted names of the event types, in the order of `events::body`.
inline constexpr std::array<std::string_view, std::variant_size_v<events::body>> event_type_names =
    {"run.started",     "run.resumed",   "intention.started", "intention.decomposed",
     "intention.ended", "model.started", "model.delta",       "model.ended",
     "action.proposed", "action.gated",  "action.executed",   "action.rolled_back",
     "check.started",   "check.ended",   "verify.decided",    "verify.ended",
     "trust.changed",   "verify.canary", "memory.recorded",   "memory.shown",
     "workspace.diff",  "log",           "run.result",        "effect.prepared",
     "effect.applied",  "effect.undone"};

}  // namespace riva
