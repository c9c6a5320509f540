#pragma once

#include <riva/runtime/error.hpp>

#include <cstdint>

namespace riva::llm {

/// How far a model's failure reaches, and so whether another model is asked instead.
enum class failure_scope : std::uint8_t {
    answer,         ///< this answer only: the model works
    endpoint,       ///< the endpoint fails now, and may work later
    configuration,  ///< the endpoint says the same to every request until something is changed
};

/// Of the failure with which a call of a model ended.
failure_scope scope_of(const error_code& why);

}  // namespace riva::llm
