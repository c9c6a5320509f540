#include "beneath.hpp"
#include "file_work.hpp"
#include "regular_file.hpp"
#include "safe_path.hpp"
#include "text_edit.hpp"
#include "workspace_state.hpp"

#include <riva/runtime/digest.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace riva {
namespace {

constexpr mode_t new_file_mode = 0644;
constexpr mode_t new_folder_mode = 0755;

/// A finished file under another name, which goes away unless it is put into its place.
class replacement {
public:
    replacement(int folder, std::string_view path, std::string_view content, std::uint32_t mode)
        : folder_(folder), name_(temporary_name()) {
        file_descriptor file(::openat(
            folder, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600
        ));
        if (!file) fail_io("write next to", path, errno);
        try {
            write_all(file.get(), path, content);
            if (::fchmod(file.get(), mode) != 0) fail_io("write", path, errno);
        } catch (...) {
            ::unlinkat(folder_, name_.c_str(), 0);
            throw;
        }
    }
    ~replacement() {
        if (!name_.empty()) ::unlinkat(folder_, name_.c_str(), 0);
    }
    replacement(const replacement&) = delete;
    replacement& operator=(const replacement&) = delete;

    bool move_to(const std::string& name, bool replace) {
        const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
        if (::renameat2(folder_, name_.c_str(), folder_, name.c_str(), flags) != 0) return false;
        name_.clear();
        return true;
    }

private:
    int folder_;
    std::string name_;
};

}  // namespace

result<std::filesystem::path> workspace::state::resolve(std::string_view path, bool for_writing)
    const {
    if (auto reason = refusal(path)) return std::move(*reason);
    if (for_writing && riva::is_protected(path, protected_paths))
        return error{
            errc::path_protected,
            "path " + shown(path) + " is protected and cannot be written; choose another path"
        };
    if (auto reason = obstacle(tree(), path)) return std::move(*reason);
    return root / path;
}

void workspace::state::check(std::string_view path, bool for_writing) const {
    resolve(path, for_writing).value();
}

file_change workspace::state::create(const create_file& what) {
    check(what.path, true);
    if (what.content.size() > limits.file_bytes)
        fail(
            errc::file_too_large,
            "the content for " + shown(what.path) + " is over the limit of " +
                std::to_string(limits.file_bytes) + " bytes; write less"
        );
    const auto made = make_parents(tree(), what.path, new_folder_mode);
    try {
        const place at = place_of(tree(), what.path);
        std::string hash = store->put(what.content);
        replacement file(at.parent.get(), what.path, what.content, new_file_mode);
        if (!file.move_to(at.name, false)) {
            if (errno != EEXIST) fail_beneath(tree(), "write", what.path, errno);
            if (auto reason = obstacle(tree(), what.path)) throw exception(std::move(*reason));
            fail(
                errc::file_exists,
                "path " + shown(what.path) + " exists already; edit it, or choose another path"
            );
        }
        written.insert(what.path);
        return {what.path, change_kind::created, "", std::move(hash)};
    } catch (...) {
        remove_empty(tree(), made);
        throw;
    }
}

file_change workspace::state::edit(const edit_file& what) {
    check(what.path, true);
    const opened_file file = read_regular(tree(), what.path, limits.file_bytes);
    const std::string content = replaced(file.content, what.replacements, what.path).value();
    if (content.size() > limits.file_bytes)
        fail(
            errc::file_too_large,
            "the edit makes " + shown(what.path) + " larger than the limit of " +
                std::to_string(limits.file_bytes) + " bytes; write less"
        );
    const place at = place_of(tree(), what.path);
    std::string before = store->put(file.content);
    std::string after = store->put(content);
    replacement edited(at.parent.get(), what.path, content, file.mode);
    if (!edited.move_to(at.name, true)) fail_beneath(tree(), "write", what.path, errno);
    written.insert(what.path);
    return {what.path, change_kind::modified, std::move(before), std::move(after)};
}

file_change workspace::state::remove(const delete_file& what) {
    check(what.path, true);
    const place at = place_of(tree(), what.path);
    struct stat info;
    if (::fstatat(at.parent.get(), at.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        fail_beneath(tree(), "delete", what.path, errno);
    if (!S_ISREG(info.st_mode)) fail_no_file(what.path, info);
    const file_descriptor file =
        open_beneath(at.parent.get(), at.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!file) fail_beneath(tree(), "read", what.path, errno);
    std::string before = store->put_file(file.get(), what.path, {});
    if (::unlinkat(at.parent.get(), at.name.c_str(), 0) != 0)
        fail_beneath(tree(), "delete", what.path, errno);
    written.insert(what.path);
    return {what.path, change_kind::deleted, std::move(before), ""};
}

}  // namespace riva
