#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace riva::bench {

/// Gone with all that was written into it.
class scratch_folder {
public:
    explicit scratch_folder(const std::filesystem::path& below) {
        std::string name = (below / "riva-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~scratch_folder() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace riva::bench
