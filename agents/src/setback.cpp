#include "setback.hpp"

#include <riva/runtime/digest.hpp>

#include <utility>

namespace riva::agents {
namespace {

/// What a failed cycle has shown, as a digest: equal digests mean that nothing was learnt.
std::string evidence_digest(const cycle& c) {
    std::string all = c.error;
    if (c.outcome.exit_code) all += std::to_string(*c.outcome.exit_code) + c.outcome.output.text();
    for (const auto& e : c.found) all += e.check + std::string(to_string(e.result)) + e.log_digest;
    return sha256(all);
}

}  // namespace

asio::awaitable<void> roll_back(
    work_item& item, int cycle, workspace::snapshot before, std::string reason
) {
    auto changed = co_await item.tree.changes_since(before);
    const auto back = co_await item.tree.roll_back(before);
    if (!changed || !back)
        throw run_over(
            "error",
            {"workspace",
             (changed ? back.error() : changed.error()).context,
             "Nothing was applied; free some space or check the state folder."}
        );
    events::action_rolled_back event{item.it.id, cycle, std::move(reason), {}};
    for (const auto& change : *changed) event.files.push_back(change.path);
    co_await item.run.emit(std::move(event));
}

asio::awaitable<void> book_failure(work_item& item, std::size_t attempt) {
    const cycle& failed = item.it.trace[attempt];
    ++item.failures;
    if (!failed.denied) ++item.refuted;
    const std::string shown = evidence_digest(failed);
    item.nothing_new = shown == item.last_evidence;
    item.last_evidence = shown;
    item.note = co_await item.run.decide->review_reflection(item.it, failed);
    if (!item.note.empty())
        co_await item.run.emit(
            events::log{"info", std::string(said_to_the_model) + item.note, item.it.id}
        );
}

}  // namespace riva::agents
