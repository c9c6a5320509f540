#pragma once

#include <riva/runtime/error.hpp>

#include <type_traits>

namespace riva::agents {

/// Failures of the agent layer. Each maps to one `riva::condition`.
enum class errc {
    empty_task = 1,     ///< invalid
    unknown_agent,      ///< invalid
    unknown_setting,    ///< invalid
    bad_value,          ///< invalid: of a setting
    no_model,           ///< invalid: neither settings nor engine name a model
    malformed_proposal, ///< corrupt: JSON of the right schema that makes no sense
    not_divisible,      ///< refused: the intention cannot be split into parts
    repeated_goal,      ///< refused: a part repeats an ancestor on the same tree
    denied,             ///< refused: policy or person said no
    limit_reached,      ///< exhausted
    unknown_price,      ///< invalid: money is limited, and the price of a model is not known
    not_resumable,  ///< invalid: the run has ended, or its record does not hold what is needed
    not_replayable,  ///< invalid: the record does not hold what is needed
    run_active,  ///< transient: a process works on the run
    nothing_to_apply,  ///< invalid: the run changed nothing, or nothing of it is in the tree
};

const error_category& category() noexcept;
error_code make_error_code(errc code) noexcept;

}  // namespace riva::agents

template <>
struct boost::system::is_error_code_enum<riva::agents::errc> : std::true_type {};
