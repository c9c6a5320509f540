#pragma once

#include "file_descriptor.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace riva {

/// File contents by their SHA-256. Objects are copies, never hard links: what happens to a file
/// afterwards cannot reach them. Every content is checked against its name when it is read.
///
/// Thread safety: `put`, `get` and `copy_to` may be called from any thread at any time.
class object_store {
public:
    /// Opens the folder, which must exist.
    explicit object_store(std::filesystem::path folder);

    const std::filesystem::path& folder() const { return folder_; }

    std::string put(std::string_view content);
    /// Stores the rest of an open file; `path` is for messages.
    std::string put_file(int fd, std::string_view path, const std::stop_token& stop);

    std::uint64_t size(const std::string& hash) const;
    std::string get(const std::string& hash) const;
    /// Writes an object to an empty file (open for reading too).
    void copy_to(const std::string& hash, int fd, const std::stop_token& stop) const;

    /// Deletes every other object and makes these durable.
    void keep_only(const std::set<std::string>& hashes, const std::stop_token& stop);
    /// Deletes every other object, and those of these whose content was damaged; some may be
    /// missing.
    void keep_sound(const std::set<std::string>& hashes, const std::stop_token& stop);

private:
    bool is_sound(const std::string& hash, const std::stop_token& stop) const;
    std::vector<std::string> names(const std::stop_token& stop) const;
    void remove(const std::string& name);
    file_descriptor open_object(const std::string& hash) const;
    bool holds(const std::string& hash) const;

    std::filesystem::path folder_;
    file_descriptor fd_;
};

}  // namespace riva
