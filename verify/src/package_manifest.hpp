#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace riva::verify {

/// What riva wants to know of a package.json.
struct package_manifest {
    std::string type;  ///< `module`, `commonjs`, or empty
    std::string test;  ///< the test script; empty when there is none or only npm's placeholder
    bool has_dependencies = false;
};

/// Reads `folder/package.json`. None if there is none or it cannot be read as JSON.
std::optional<package_manifest> read_package_manifest(const std::filesystem::path& folder);

}  // namespace riva::verify
