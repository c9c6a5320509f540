#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace riva {

/// Which files do not count as a change: those that the repository's `.gitignore` files name (as
/// git reads them: last match wins, deeper files win over higher ones, a file in an ignored folder
/// cannot be taken back), and what tools drop everywhere.
class ignore_rules {
public:
    /// Adds the `.gitignore` of `folder` (empty: the root).
    void add(std::string_view folder, std::string_view content);

    bool ignores(std::string_view path, bool is_folder) const;

    /// Caches of interpreters and test runners. They never matter, even where they were before.
    static bool is_cache(std::string_view path);

private:
    struct pattern {
        std::string folder;  ///< where the rule was found
        std::string text;
        bool negated = false;
        bool folders_only = false;
        bool anchored = false;  ///< to `folder`, otherwise it names a last component
    };

    bool ignores_itself(std::string_view path, bool is_folder) const;
    static bool applies(const pattern& rule, std::string_view path, bool is_folder);

    std::vector<pattern> patterns_;
};

}  // namespace riva
