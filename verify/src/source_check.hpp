#pragma once

#include <riva/runtime/awaitable.hpp>
#include <riva/runtime/deadline.hpp>
#include <riva/runtime/sandbox.hpp>
#include <riva/verify/check.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace riva::verify {

/// What a check of sources has to judge: files that exist below the root of the input.
struct source_task {
    sandbox* where = nullptr;
    check_traits traits;
    check_input input;
    std::vector<std::string> files;
};

/// A way to judge sources statically.
struct source_judge {
    enum layer layer = layer::syntax;
    std::string language;
    std::chrono::milliseconds cost{100};
    std::string passed;  ///< what a pass means, such as `parses`
    std::function<asio::awaitable<evidence>(source_task, deadline)> judge;
};

/// A check whose id is the layer and the first of its `files`, of which there is at least one.
/// Files that are gone, or are no regular files, when it runs are left out; `skipped` without any.
std::shared_ptr<check> make_source_check(
    sandbox& where, source_judge how, std::vector<std::string> files
);

/// Cuts a list into pieces of at most `most`.
std::vector<std::vector<std::string>> in_pieces(
    const std::vector<std::string>& files, std::size_t most
);

}  // namespace riva::verify
