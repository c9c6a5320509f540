#pragma once

#include <riva/runtime/event.hpp>

#include <memory>
#include <string>

namespace riva::cli {

/// Prints a run as a tree: what was tried for each intention, with verdicts and evidence.
class run_tree {
public:
    run_tree();
    ~run_tree();
    run_tree(const run_tree&) = delete;
    run_tree& operator=(const run_tree&) = delete;

    void print(const event& e);

    /// What nobody knows the end of.
    void print_unfinished(const std::string& run) const;

private:
    class printer;
    std::unique_ptr<printer> printer_;
};

}  // namespace riva::cli
