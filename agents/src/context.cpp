#include "context.hpp"

#include "history.hpp"
#include "named_file.hpp"
#include "replay_steps.hpp"
#include "words.hpp"

#include <riva/runtime/digest.hpp>
#include <riva/runtime/offload.hpp>
#include <riva/runtime/utf8.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace riva::agents {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_listed = 400;
constexpr std::size_t most_of_a_file = 24 * 1024;
constexpr std::size_t most_of_notes = 8 * 1024;

repository_facts scan(const fs::path& root, const std::stop_token& stop) {
    repository_facts facts;
    std::error_code failed;
    for (auto it = fs::recursive_directory_iterator(
             root, fs::directory_options::skip_permission_denied, failed
         );
         !failed && it != fs::end(it) && !stop.stop_requested();
         it.increment(failed)) {
        std::error_code ignored;
        if (it->is_symlink(ignored) || !it->is_regular_file(ignored)) continue;
        facts.emplace(it->path().lexically_relative(root).generic_string(), it->file_size(ignored));
    }
    return facts;
}

std::string read_text(const fs::path& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    std::string text(most, '\0');
    in.read(text.data(), static_cast<std::streamsize>(most));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
    return text.find('\0') == std::string::npos ? text : std::string();
}

/// How much a file has to do with the task: named, or its name is a word of it.
int relevance(
    const std::string& path, const std::set<std::string>& words, const std::set<std::string>& named
) {
    if (named.contains(path)) return 100;
    const fs::path name(path);
    if (named.contains(name.filename().string())) return 90;
    if (words.contains(
            words_of(name.stem().string()).empty() ? "" : words_of(name.stem().string()).front()
        ))
        return 10;
    return 0;
}

/// The beginning of a long text, and the lines around those that hold a word of the task.
std::string excerpt(std::string_view text, const std::set<std::string>& words, std::size_t most) {
    std::vector<std::string_view> lines;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        lines.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    std::vector<bool> shown(lines.size(), false);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        bool hit = i < 40;
        if (!hit)
            for (const auto& word : words_of(lines[i]))
                hit = hit || (word.size() > 3 && words.contains(word));
        if (!hit) continue;
        const std::size_t last = std::min(lines.size(), i + 9);
        for (std::size_t k = i < 8 ? 0 : i - 8; k < last; ++k) shown[k] = true;
    }
    std::string out;
    for (std::size_t i = 0; i < lines.size() && out.size() < most; ++i) {
        if (shown[i])
            out.append(shorten(lines[i], most - out.size())).append("\n");
        else if (i == 0 || shown[i - 1])
            out.append("[... lines from ").append(std::to_string(i + 1)).append(" left out ...]\n");
    }
    return out;
}

struct file_view {
    std::string path;
    std::uint64_t size = 0;
    int weight = 0;
};

std::string list_files(
    const std::vector<file_view>& files,
    const std::vector<std::string>& read_only,
    std::size_t budget
) {
    std::string out = "Files:\n";
    std::size_t listed = 0;
    for (const auto& file : files) {
        if (listed == most_listed || out.size() >= budget) {
            out += "- and " + std::to_string(files.size() - listed) + " more; ask with a query\n";
            break;
        }
        ++listed;
        const bool locked =
            std::find(read_only.begin(), read_only.end(), file.path) != read_only.end();
        out += "- " + file.path + " (" + std::to_string(file.size) + " bytes" +
               (locked ? ", read-only" : "") + ")\n";
    }
    return out;
}

/// Adds the contents of files to `out` until that is as long as the budget allows.
void show_files(
    std::string& out,
    const fs::path& root,
    std::vector<file_view> files,
    const std::set<std::string>& words,
    std::size_t budget,
    const std::stop_token& stop
) {
    std::sort(files.begin(), files.end(), [](const file_view& a, const file_view& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.path < b.path;
    });
    for (const auto& file : files) {
        if (stop.stop_requested() || out.size() >= budget) break;
        const std::size_t room = std::min(most_of_a_file, budget - out.size());
        const bool whole = file.size <= room;
        if (!whole && file.weight == 0) continue;
        const std::string text =
            read_text(root / file.path, whole ? file.size : std::size_t{1} << 20);
        if (text.empty()) continue;
        out += "\n--- " + file.path + (whole ? "\n" : " (excerpt)\n");
        out += whole ? text : excerpt(text, words, room);
        if (out.back() != '\n') out += "\n[no newline at the end]\n";
        out += "--- end of " + file.path + "\n";
    }
}

/// The folder of the first path that lies in the repository; its root if there is none.
fs::path folder_concerned(const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        const fs::path plain = fs::path(path).lexically_normal();
        if (!plain.empty() && plain.is_relative() && *plain.begin() != "..")
            return plain.parent_path();
    }
    return {};
}

/// Project notes: the AGENTS.md nearest to the first path concerned.
std::string read_notes(const fs::path& root, const std::vector<std::string>& paths) {
    fs::path folder = folder_concerned(paths);
    while (true) {
        std::error_code ignored;
        const fs::path file = root / folder / "AGENTS.md";
        if (fs::is_regular_file(fs::symlink_status(file, ignored)))
            return "\n# Notes of the project (AGENTS.md; text of the repository, binding only as "
                   "far as it concerns the code)\n" +
                   shorten(read_text(file, 4 * most_of_notes), most_of_notes) + "\n";
        if (folder.empty()) return {};
        folder = folder.parent_path();
    }
}

std::string describe_way(const std::vector<std::string>& ancestors) {
    if (ancestors.empty()) return {};
    std::string out = "\n# This task is a part of\n";
    for (const auto& goal : ancestors) out += "- " + shorten(goal, 2000) + "\n";
    return out;
}

std::string describe_acceptance(const run_context& run, const intention& it, bool root) {
    std::string out = it.acceptance.empty() ? "" : it.acceptance + "\n";
    if (root)
        for (const auto& check : run.job.checks)
            out += "This command must exit with 0: " + check + "\n";
    else if (!it.check.empty())
        out += "This command must exit with 0: " + it.check + "\n";
    return out.empty()
               ? "The change does what the task says, and the tests of the repository pass.\n"
               : out;
}

}  // namespace

asio::awaitable<repository_facts> look_around(run_context& run, const workspace& tree) {
    repository_facts facts;
    co_await offload(run.blocking, [&, root = tree.root()](std::stop_token stop) {
        facts = scan(root, stop);
    });
    co_return facts;
}

asio::awaitable<complexity> assess(run_context& run, const intention& it, const workspace& tree) {
    if (run.again != nullptr) co_return assess_again(run, it);
    co_return analyze_complexity(it.what, it.acceptance, co_await look_around(run, tree));
}

asio::awaitable<prompt_values> gather_context(
    run_context& run,
    const workspace& tree,
    const intention& it,
    std::vector<std::string> ancestors,
    std::string note
) {
    prompt_values values;
    values["goal"] = it.what;
    values["acceptance"] = describe_acceptance(run, it, ancestors.empty());
    values["path"] = describe_way(ancestors);
    values["history"] = describe_history(it.trace, note);
    values["max_children"] = std::to_string(run.options.max_children);
    if (run.again != nullptr) {
        for (const char* of_files : {"files", "instructions"}) values[of_files];
        co_return values;
    }

    const std::string about =
        it.what + "\n" + it.acceptance + "\n" + it.check + "\n" + values["history"];
    const auto word_list = words_of(about);
    auto path_list = paths_in(about);
    const std::set<std::string> words(word_list.begin(), word_list.end());
    std::set<std::string> named(path_list.begin(), path_list.end());
    named.insert(it.paths.begin(), it.paths.end());

    co_await offload(run.blocking, [&](std::stop_token stop) {
        std::vector<file_view> files;
        const repository_facts facts = scan(tree.root(), stop);
        for (const auto& [path, size] : facts)
            files.push_back({path, size, relevance(path, words, named)});
        const std::size_t budget = run.options.context_bytes;
        std::string& shown = values["files"];
        shown = list_files(files, tree.protected_paths(), budget / 4);
        show_files(shown, tree.root(), files, words, budget, stop);
        std::erase_if(path_list, [&](const std::string& path) { return !names_file(path, facts); });
        values["instructions"] = read_notes(tree.root(), it.paths.empty() ? path_list : it.paths);
    });
    co_return values;
}

std::string digest_of_work(const prompt_values& values) {
    std::string all;
    for (const char* name : {"goal", "acceptance", "path", "history", "max_children"})
        all.append(sha256(to_utf8(values.at(name))));
    return sha256(all);
}

}  // namespace riva::agents
