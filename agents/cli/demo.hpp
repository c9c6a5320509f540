#pragma once

#include "command_line.hpp"

#include <riva/runtime/error.hpp>

#include <memory>

namespace riva::cli {

/// The sample of `riva demo`: a small repository in a temporary folder, and a scripted model that
/// answers over loopback HTTP on a thread of its own. Both are gone when this is destroyed.
class demonstration {
public:
    static result<demonstration> prepare();
    demonstration(demonstration&&) noexcept;
    demonstration& operator=(demonstration&&) noexcept;
    ~demonstration();

    /// Task, checks, repository and model of the sample.
    void fill_in(run_options& options) const;

private:
    struct state;
    explicit demonstration(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

}  // namespace riva::cli
