#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/sandbox.hpp>
#include <riva/runtime/verdict.hpp>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace riva::verify {

/// What a check occupies while it runs; the graph bounds how many of each run at once.
enum class resource { cpu, io, model };

/// What a check declares about itself.
struct check_traits {
    std::string id;  ///< unique in its graph; results are reported in the order of declaration
    enum layer layer = layer::syntax;
    enum resource resource = resource::cpu;
    enum author author = author::runtime;
    std::chrono::milliseconds cost{100};  ///< expected duration
    double likely_to_fail = 0.1;          ///< prior, 0 to 1
    /// The same input gives the same verdict, always: it parses or compiles, and executes nothing
    /// whose outcome could depend on time, chance or what ran before.
    bool pure = false;
    /// What it does, whatever it looks at, such as `syntax python` or a command line: checks of one
    /// kind have one history. Empty: it is the only one.
    std::string kind = {};
    /// Everything besides its id and the tree that decides what it finds, such as a command line
    /// and the versions of its tools. Empty: not known in full.
    std::string recipe = {};
    std::vector<std::string>
        needs;  ///< ids of checks that must pass first; otherwise this one is skipped
};

/// What is checked: a tree, and the paths in it that changed.
struct check_input {
    std::filesystem::path root;
    std::vector<std::string> changed;
    std::string tree;  ///< its hash
};

/// Something that can judge a change.
class check {
public:
    virtual ~check() = default;

    virtual const check_traits& traits() const = 0;

    /// Judges. Never throws but for cancellation: a check that cannot run says `indeterminate` and
    /// names what is missing; one that crashed or ran out of time says `infra_error`. Cancellation:
    /// terminal; leaves no process.
    virtual asio::awaitable<evidence> run(const check_input& input, deadline by) = 0;
};

}  // namespace riva::verify
