#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace riva {

/// What a check says of a change. No evidence is never a pass.
enum class verdict {
    pass,
    fail,
    indeterminate,  ///< the check ran and cannot tell, or could not run for want of a tool
    skipped,        ///< not run, and a named rule or certificate allowed that
    infra_error,    ///< the check itself crashed or timed out; says nothing about the change
};

/// How strong a piece of evidence is, weakest first.
enum class evidence_grade {
    none,
    judged,       ///< a model said so
    statically,   ///< parsed, compiled or linted; written `static`
    executed,     ///< something ran and its exit status decided
};

/// What a check looks at, cheapest first.
enum class layer { syntax, semantic, behavioural, intent };

/// Who wrote a check; nobody's own check decides about their own work.
enum class author { user, repository, independent_model, actor, runtime };

/// What one check found.
struct evidence {
    std::string check;  ///< id of the check, such as `syntax:src/a.py` or `user:1`
    verdict result = verdict::indeterminate;
    evidence_grade grade = evidence_grade::none;
    enum layer layer = layer::syntax;
    enum author author = author::runtime;
    std::string command;           ///< what ran, empty if nothing did
    std::optional<int> exit_code;  ///< of the command, if it ran to its end
    std::string inputs;            ///< hash of what was checked
    std::string log_digest;        ///< SHA-256 of the whole log
    std::string log;               ///< beginning and end of the log
    std::string detail;            ///< one line: why the result is what it is
    std::chrono::milliseconds duration{0};

    friend bool operator==(const evidence&, const evidence&) = default;
};

/// How an intention ends. None is left active.
enum class intention_status {
    active,
    verified,
    failed,
    unverified,  ///< nothing could be checked
    cancelled,
};

/// What a cycle came to. Derived from the verdict by `judge`, and from nothing else.
enum class judgment { success, failure, partial, unclear };

/// The verdict of several checks on one change: any `fail` fails; otherwise any `infra_error`, then
/// any `indeterminate`, decides; skipped ones do not count; at least one `pass` is needed. Empty is
/// `indeterminate`.
verdict combine(std::span<const evidence> found);

/// The strongest grade among the evidence that passed; `none` if nothing did.
evidence_grade strongest(std::span<const evidence> found);

/// pass: success. fail: failure. infra_error and indeterminate: unclear. skipped: partial.
judgment judge(verdict v);

std::string_view to_string(verdict v);
std::string_view to_string(evidence_grade g);  ///< `executed`, `static`, `judged`, `none`
std::string_view to_string(layer l);
std::string_view to_string(author a);
std::string_view to_string(intention_status s);
std::string_view to_string(judgment j);

}  // namespace riva
