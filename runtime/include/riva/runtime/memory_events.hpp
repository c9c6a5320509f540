#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// What riva knows of the project, as it was learnt and as prompts show it.
namespace riva::events {

/// An entry of project memory, as a prompt shows it.
struct remembered {
    std::int64_t id = 0;
    std::string kind;  ///< `decision`, `pattern`, `correction`
    std::string by;  ///< `user`, `learnt`
    std::string text;
    std::vector<std::string> paths;  ///< that it is about; none: all
    std::int64_t count = 1;  ///< how often it was said or seen
    friend bool operator==(const remembered&, const remembered&) = default;
};

/// Something was learnt about the project.
struct memory_recorded {
    remembered entry;
    std::string source;  ///< the run that it was learnt from
    friend bool operator==(const memory_recorded&, const memory_recorded&) = default;
};

/// What all prompts of an intention show of project memory, from here to its end.
struct memory_shown {
    std::string intention;
    std::vector<remembered> entries;
    friend bool operator==(const memory_shown&, const memory_shown&) = default;
};

}  // namespace riva::events
