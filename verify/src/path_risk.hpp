#pragma once

#include <string_view>

namespace riva::verify {

/// What a path of a command line points at, seen from the root of the workspace.
enum class path_class {
    inside,      ///< a file of the workspace
    whole,       ///< the workspace itself, or everything in it by a wildcard
    steering,    ///< build and CI files: they decide what runs
    metadata,    ///< of version control, or of riva
    credential,  ///< keys and passwords
    scratch,     ///< /tmp
    harmless,    ///< /dev/null and the standard streams
    outside,     ///< elsewhere
    unknown,     ///< only known when it runs
};

path_class classify_path(std::string_view path);

}  // namespace riva::verify
