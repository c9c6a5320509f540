#pragma once

#include "world.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace riva::test {

/// A world for one run that a seed decides about: actions of all kinds and answers of no use, parts
/// at once, failures of the server, budgets that end too early, every mode of trust.
struct random_history {
    /// `dialect` is that of the model, as in its specification.
    explicit random_history(std::uint64_t seed, const std::string& dialect = "openai");

    std::unique_ptr<world> place;
    agents::task task;
    bool resumes = false;  ///< the run is to go on once when it has ended before its time

    /// Runs to the end. Returns the id of the run.
    std::string run();
};

}  // namespace riva::test
