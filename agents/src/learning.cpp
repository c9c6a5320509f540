#include <riva/agents/learning.hpp>

#include "lesson.hpp"

#include <riva/runtime/digest.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace riva::agents {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_of_a_file = 1 << 20;

std::optional<std::string> read_file(const fs::path& file) {
    std::error_code failed;
    if (!fs::is_regular_file(fs::symlink_status(file, failed)) || failed) return std::nullopt;
    if (fs::file_size(file, failed) > most_of_a_file || failed) return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in) return std::nullopt;
    return text;
}

/// What `HEAD` says, such as `ref: refs/heads/main`; empty: there is none.
std::string branch_of(const fs::path& repository) {
    fs::path folder = repository / ".git";
    // In a work tree of its own `.git` is a file that says where the rest is.
    if (const auto link = read_file(folder); link && link->starts_with("gitdir: "))
        folder = repository / link->substr(8, link->find_last_not_of("\r\n") - 7);
    const auto head = read_file(folder / "HEAD");
    return head ? head->substr(0, head->find_first_of("\r\n")) : std::string();
}

bool can_be_watched(const changed_file& file) {
    const std::string& path = file.change.path;
    const bool link = file.mode_before == symlink_mode || file.mode_after == symlink_mode;
    return !link && file.change.before != file.change.after &&
           path.size() <= memory::longest_path && path.find('\n') == std::string::npos;
}

/// How a file is, beside what riva left.
enum class state { as_written, as_before, changed, unknown };

class comparison {
public:
    comparison(
        memory::project_memory& kept,
        const fs::path& repository,
        const fs::path& runs,
        memory::memory_time now
    )
        : kept_(kept), repository_(repository), runs_(runs), now_(now) {}

    result<void> look_at(const memory::watched_change& change) {
        const auto& files = change.files;
        const bool whole = static_cast<std::int64_t>(files.size()) == change.written;
        const bool back =
            whole && std::ranges::all_of(files, [&](const memory::watched_file& file) {
                return state_of(file) == state::as_before;
            });
        if (back) return take_revert(change);
        bool corrected = false;
        for (const auto& file : files) {
            const auto finding = look_at(change, file);
            if (finding.files.empty()) continue;
            const auto done = conclude(finding);
            if (!done) return done.error();
            corrected |= *done;
            if (*done && state_of(file) == state::as_before)
                found_.taken_back.push_back({change.run, file.path});
        }
        if (corrected) found_.corrected.push_back(change.run);
        return {};
    }

    lessons take() { return std::move(found_); }

private:
    state state_of(const memory::watched_file& file) const {
        const fs::path path = repository_ / file.path;
        std::error_code failed;
        const auto kind = fs::symlink_status(path, failed).type();
        if (kind == fs::file_type::not_found)
            return file.after.empty()    ? state::as_written
                   : file.before.empty() ? state::as_before
                                         : state::changed;
        const auto text = current(file.path);
        if (!text) return state::unknown;
        const std::string digest = sha256(*text);
        if (digest == file.after) return state::as_written;
        return digest == file.before ? state::as_before : state::changed;
    }

    /// A link may not lead out of the repository.
    std::optional<std::string> current(const std::string& path) const {
        std::error_code failed;
        const fs::path real = fs::canonical(repository_ / path, failed);
        const bool inside = !failed && real == repository_ / fs::path(path).lexically_normal();
        return inside ? read_file(real) : std::nullopt;
    }

    std::optional<std::string> written(const std::string& run, const std::string& digest) const {
        if (digest.empty()) return std::string();
        auto text = read_file(runs_ / run / "objects" / digest);
        if (text && sha256(*text) != digest) text.reset();
        return text;
    }

    memory::watch_finding look_at(
        const memory::watched_change& change, const memory::watched_file& file
    ) const {
        memory::watch_finding finding{change.id, {}, {}};
        const state now = state_of(file);
        if (now == state::as_written || now == state::unknown) return finding;
        if (now == state::as_before) {
            finding.learnt = {lesson_of_revert(change, file.path)};
        } else {
            const auto base = written(change.run, file.before);
            const auto ours = written(change.run, file.after);
            const auto text = current(file.path);
            // What riva wrote is gone, or so is the file: there is nothing to learn from any more.
            if (base && ours && text) {
                for (const auto& edit : find_user_edits(*base, *ours, *text))
                    finding.learnt.push_back(lesson_of(change, file.path, edit));
                if (finding.learnt.empty()) return finding;
            }
        }
        finding.files = {file.path};
        return finding;
    }

    result<void> take_revert(const memory::watched_change& change) {
        memory::watch_finding finding{change.id, {}, {lesson_of_revert(change)}};
        for (const auto& file : change.files) finding.files.push_back(file.path);
        const auto done = conclude(finding);
        if (!done) return done.error();
        if (!*done) return {};
        found_.reverted.push_back(change.run);
        for (const auto& path : finding.files) found_.taken_back.push_back({change.run, path});
        return {};
    }

    /// Whether anything was learnt: another process may have been faster.
    result<bool> conclude(const memory::watch_finding& finding) {
        auto kept = kept_.conclude(repository_.string(), finding, now_);
        if (!kept) return kept.error();
        const bool any = !kept->empty();
        std::ranges::move(*kept, std::back_inserter(found_.recorded));
        return any;
    }

    memory::project_memory& kept_;
    const fs::path& repository_;
    const fs::path& runs_;
    memory::memory_time now_;
    lessons found_;
};

}  // namespace

result<lessons> learn_from_edits(
    memory::project_memory& kept,
    const fs::path& repository,
    const fs::path& runs,
    memory::memory_time now,
    const std::stop_token& stop
) {
    const auto watched = kept.watched(repository.string());
    if (!watched) return watched.error();
    const std::string branch = branch_of(repository);
    comparison all(kept, repository, runs, now);
    for (const auto& change : *watched) {
        if (stop.stop_requested()) break;
        if (change.branch != branch) continue;
        if (const auto looked = all.look_at(change); !looked) return looked.error();
    }
    return all.take();
}

result<void> watch_change(
    memory::project_memory& kept,
    const fs::path& repository,
    const applied_change& what,
    memory::memory_time now
) {
    memory::watched_change change;
    change.run = what.run;
    change.seq = what.seq;
    change.task = what.task;
    std::erase(change.task, '\0');
    change.branch = branch_of(repository);
    for (const auto& file : what.changes.files)
        if (can_be_watched(file))
            change.files.push_back({file.change.path, file.change.before, file.change.after});
    change.written = static_cast<std::int64_t>(change.files.size());
    return kept.watch(repository.string(), change, now);
}

}  // namespace riva::agents
