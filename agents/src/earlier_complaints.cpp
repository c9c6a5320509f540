#include "earlier_complaints.hpp"

#include "acceptance.hpp"

#include <riva/verify/check_graph.hpp>
#include <riva/verify/checks.hpp>

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace riva::agents {
namespace {

bool complains(const evidence& e) {
    return e.layer == layer::semantic && e.result == verdict::fail;
}

/// The lines of a log without their numbers: what stands above in the file moves a complaint.
std::multiset<std::string> complaints_in(std::string_view log) {
    std::multiset<std::string> lines;
    while (!log.empty()) {
        const std::string_view line = log.substr(0, log.find('\n'));
        log.remove_prefix(std::min(log.size(), line.size() + 1));
        std::string plain;
        for (const char c : line)
            if (std::isdigit(static_cast<unsigned char>(c)) == 0) plain += c;
        if (!plain.empty()) lines.insert(std::move(plain));
    }
    return lines;
}

bool says_nothing_new(const evidence& now, const std::vector<evidence>& before) {
    const auto same = std::ranges::find_if(before, [&](const evidence& e) {
        return e.check == now.check && e.result == verdict::fail;
    });
    if (same == before.end() || now.log.empty()) return false;
    const auto all = complaints_in(now.log), known = complaints_in(same->log);
    return std::ranges::includes(known, all);
}

}  // namespace

asio::awaitable<result<void>> set_earlier_complaints_aside(
    run_context& run,
    const intention& it,
    workspace& tree,
    int round,
    std::vector<std::string> changed,
    std::vector<evidence>& found
) {
    if (std::ranges::none_of(found, complains)) co_return result<void>{};
    const auto back = co_await tree.roll_back(tree.base());
    if (!back) co_return back.error();
    verify::graph_options options = graph_bounds(run);
    options.mode = verify::graph_mode::collect_all;
    auto checks = verify::semantic_checks(*run.isolated, tree.root(), changed);
    verify::check_input input{tree.root(), std::move(changed), tree.base().tree_hash()};
    const auto before = co_await verify::run_checks(
        std::move(checks), std::move(input), std::move(options), run.by
    );
    for (auto& e : found) {
        if (!complains(e) || !says_nothing_new(e, before)) continue;
        e.result = verdict::indeterminate;
        e.grade = evidence_grade::none;
        e.detail = "nothing new, all of it stood there before: " + e.detail;
        co_await run.emit(events::check_ended{it.id, e, round});
    }
    co_return result<void>{};
}

}  // namespace riva::agents
