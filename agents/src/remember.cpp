#include "remember.hpp"

#include "context.hpp"
#include "named_file.hpp"
#include "pattern_memory.hpp"
#include "project_archive.hpp"
#include "remembered.hpp"
#include "words.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

namespace riva::agents {
namespace {

constexpr std::size_t most_bytes = 8 * 1024;
constexpr std::size_t most_hints = 20;

/// The files that an intention names, and if it names none, those of a small repository.
memory::recall_query describe_need(const intention& it, const repository_facts& files) {
    memory::recall_query about;
    about.words = it.what + "\n" + it.acceptance;
    about.files = it.paths;
    for (const auto& word : paths_in(about.words + "\n" + it.check)) {
        if (!names_file(word, files)) continue;
        const auto file = find_file(files, word);
        about.files.push_back(file == files.end() ? word : file->first);
    }
    if (about.files.empty() && files.size() <= most_hints)
        for (const auto& [path, size] : files) about.hints.push_back(path);
    return about;
}

asio::awaitable<std::vector<events::remembered>> look_up(work_item& item) {
    run_context& run = item.run;
    const auto files = co_await look_around(run, item.tree);
    const auto relevant = co_await run.project->recall(
        run.job.repository.string(), describe_need(item.it, files), run.blocking
    );
    if (!relevant)
        throw run_over(
            "error",
            {"memory",
             relevant.error().context,
             "Nothing was applied; --set memory=off works without what is remembered."}
        );
    co_return choose_shown(*relevant, std::min(most_bytes, run.options.context_bytes / 6));
}

/// A change with the repository that it is of.
struct watchable_change {
    std::filesystem::path repository;
    applied_change change;
};

/// What the last pass over a run changed; nothing: it was not verified, or had memory off.
std::optional<watchable_change> find_watchable(const std::vector<event>& recorded) {
    watchable_change found;
    std::string memory, outcome;
    const auto take = [&](const std::map<std::string, std::string>& settings) {
        const auto value = settings.find("memory");
        memory = value == settings.end() ? "on" : value->second;
    };
    for (const auto& e : recorded) {
        if (const auto* started = std::get_if<events::run_started>(&e.body)) {
            found.repository = started->repository;
            found.change.task = started->task;
            take(started->settings);
        } else if (const auto* again = std::get_if<events::run_resumed>(&e.body)) {
            take(again->settings);
            outcome.clear();
        } else if (const auto* diff = std::get_if<events::workspace_diff>(&e.body)) {
            found.change.seq = e.seq;
            found.change.changes.files = diff->files;
        } else if (const auto* promised = std::get_if<events::effect_prepared>(&e.body)) {
            if (promised->result) outcome = promised->result->outcome;
        } else if (const auto* ended = std::get_if<events::run_result>(&e.body)) {
            outcome = ended->outcome;
        }
        found.change.run = e.run;
    }
    if (memory != "on" || outcome != "verified") return std::nullopt;
    return found;
}

asio::awaitable<std::vector<events::remembered>> find_shown(work_item& item) {
    run_context& run = item.run;
    std::vector<events::remembered> none;
    // Also where an earlier pass has shown something.
    if (!run.options.memory) co_return none;
    if (const auto* before = run.earlier.find_shown(item.it.id, run.attempts[item.it.id]))
        co_return *before;
    if (run.project == nullptr) co_return none;
    co_return co_await look_up(item);
}

}  // namespace

asio::awaitable<std::string> remember(work_item& item) {
    if (item.memory) co_return *item.memory;
    auto shown = co_await find_shown(item);
    item.memory = describe_memory(shown);
    for (const auto& entry : shown) item.run.shown.insert(entry.id);
    if (!shown.empty()) co_await item.run.emit(events::memory_shown{item.it.id, std::move(shown)});
    co_return *item.memory;
}

asio::awaitable<void> learn(run_context& run) {
    std::vector<events::memory_recorded> told = run.earlier.learnt();
    if (run.project != nullptr && run.earlier.last_seq() == 0) {
        const auto learnt =
            co_await run.project->learn_from_edits(run.job.repository, run.blocking);
        if (!learnt) co_await run.emit(events::log{"warning", learnt.error().context});
        if (!learnt) co_return;
        for (const auto& entry : learnt->recorded)
            told.push_back(
                {shown_form(entry), entry.evidence.empty() ? "" : entry.evidence.back().run}
            );
        co_await blame_taken_back(run, learnt->taken_back);
    }
    for (auto& one : told) co_await run.emit(std::move(one));
}

asio::awaitable<void> note_use(run_context& run) {
    if (run.project == nullptr || run.shown.empty()) co_return;
    std::vector<std::int64_t> ids(run.shown.begin(), run.shown.end());
    const auto noted =
        co_await run.project->mark_used(run.job.repository.string(), std::move(ids), run.blocking);
    if (!noted) co_await run.emit(events::log{"warning", noted.error().context});
}

asio::awaitable<void> watch(run_context& run, const change_set& changes) {
    if (run.project == nullptr) co_return;
    applied_change what{run.id, run.seq, run.job.what, changes};
    const auto watched =
        co_await run.project->watch_change(run.job.repository, std::move(what), run.blocking);
    if (!watched) co_await run.emit(events::log{"warning", watched.error().context});
}

asio::awaitable<result<void>> watch_applied(
    project_archive& project, riva::journal& record, std::string run, asio::any_io_executor blocking
) {
    const auto recorded = co_await record.read(std::move(run));
    if (!recorded) co_return recorded.error();
    auto found = find_watchable(*recorded);
    if (!found) co_return result<void>{};
    co_return co_await project.watch_change(
        std::move(found->repository), std::move(found->change), std::move(blocking)
    );
}

}  // namespace riva::agents
