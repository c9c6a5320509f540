#include "canaries.hpp"

#include "acceptance.hpp"
#include "changed_lines.hpp"
#include "test_files.hpp"

#include <riva/runtime/digest.hpp>
#include <riva/runtime/offload.hpp>
#include <riva/verify/check_graph.hpp>
#include <riva/verify/checks.hpp>
#include <riva/verify/mutants.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stop_token>
#include <utility>
#include <vector>

namespace riva::agents {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using clock = deadline::clock;

constexpr std::size_t most_files = 64;
constexpr std::uintmax_t most_bytes = std::uintmax_t{256} * 1024;  // of one file
constexpr std::size_t most_bytes_in_all = std::size_t{1024} * 1024;

std::string content_of(const fs::path& objects, const std::string& hash) {
    if (hash.empty()) return {};
    std::error_code missing;
    const std::uintmax_t size = fs::file_size(objects / hash, missing);
    if (missing || size > most_bytes) return {};
    std::ifstream file(objects / hash, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A fault in a test says nothing about what the test finds.
bool is_judged(const changed_file& file) {
    return file.change.kind != change_kind::deleted && file.mode_after != symlink_mode &&
           !is_test(file.change.path) && !steers_tests(file.change.path);
}

/// The same for all passes over a run, and not to be foreseen by the model.
std::uint64_t seed_of(const run_context& run) {
    const std::string digest = sha256("canaries " + run.seed);
    std::uint64_t seed = 0;
    std::from_chars(digest.data(), digest.data() + 16, seed, 16);
    return seed;
}

struct finding {
    std::string outcome;
    std::vector<evidence> found;
};

class measurement {
public:
    measurement(run_context& run, const intention& root, workspace& tree, canary_tally& seen)
        : run_(run), root_(root), tree_(tree), seen_(seen) {}

    asio::awaitable<void> carry_out() {
        const auto changes = co_await tree_.changes();
        if (!changes) co_return co_await give_up(changes.error());
        const auto mutants = co_await propose(*changes);
        if (mutants.empty()) co_return;
        auto copy = co_await tree_.fork(run_.folder / "canaries");
        if (!copy) co_return co_await give_up(copy.error());
        const auto clean = co_await copy->take_snapshot();
        if (!clean) co_return co_await give_up(clean.error());
        for (const auto& next : mutants) {
            if (!has_time()) break;
            const auto start = clock::now();
            finding said = co_await judge(*copy, next);
            longest_ = std::max(longest_, clock::now() - start);
            if (run_.by.expired()) break;
            co_await count(next, std::move(said));
            const auto back = co_await copy->roll_back(*clean);
            if (!back) co_return co_await give_up(back.error());
        }
        co_await copy->close();
    }

private:
    asio::awaitable<void> give_up(const error& why) {
        co_await run_.emit(events::log{
            "warning", "How much the checks find was not measured: " + why.context, root_.id
        });
    }

    asio::awaitable<std::vector<verify::mutant>> propose(const change_set& changes) {
        std::vector<verify::mutant> mutants;
        const auto choose = [&](const std::stop_token&) {
            std::vector<verify::changed_source> sources;
            std::size_t bytes = 0;
            for (const auto& file : changes.files) {
                if (!is_judged(file) || sources.size() == most_files) continue;
                std::string after = content_of(tree_.objects(), file.change.after);
                bytes += after.size();
                if (bytes > most_bytes_in_all) break;
                auto lines = changed_lines(content_of(tree_.objects(), file.change.before), after);
                sources.push_back({file.change.path, std::move(after), std::move(lines)});
            }
            const auto most = static_cast<std::size_t>(run_.options.canaries);
            mutants = verify::propose_mutants(sources, seed_of(run_), most);
        };
        co_await offload(run_.blocking, choose);
        co_return mutants;
    }

    /// Many a fault makes a loop endless, which tells nothing: not worth the time that is given to
    /// checks otherwise.
    milliseconds patience() const {
        milliseconds longest{0};
        if (!root_.trace.empty())
            for (const auto& e : root_.trace.back().found) longest = std::max(longest, e.duration);
        return std::min(run_.options.check_timeout, 10 * longest + milliseconds(5000));
    }

    /// Whether one more is likely to be finished in time, and nobody has asked to stop.
    bool has_time() const {
        return !run_.stop_asked && run_.by.remaining() > 2 * longest_ + std::chrono::seconds(1);
    }

    asio::awaitable<bool> write(fs::path file, std::string content) {
        bool written = false;
        const auto replace = [&](const std::stop_token&) {
            std::ofstream out(file, std::ios::binary | std::ios::trunc);
            written = static_cast<bool>((out << content).flush());
        };
        co_await offload(run_.blocking, replace);
        co_return written;
    }

    asio::awaitable<finding> judge(workspace& copy, const verify::mutant& next) {
        if (!co_await write(copy.root() / next.path, next.content))
            co_return finding{"unknown", {}};
        const auto state = co_await copy.take_snapshot();
        if (!state) co_return finding{"unknown", {}};
        const verify::check_input input{copy.root(), {next.path}, state->tree_hash()};
        auto found = co_await compile(input);
        // What does not even compile would be found whatever the acceptance is worth.
        const auto refused = [this](const evidence& e) {
            return e.result == verdict::fail && (e.layer == layer::syntax || passed_before(e));
        };
        if (std::ranges::any_of(found, refused)) co_return finding{"invalid", std::move(found)};
        // What was wrong before says nothing about the mutant.
        std::erase_if(found, [](const evidence& e) { return e.result == verdict::fail; });
        auto checks = acceptance_checks(run_, root_, true, copy);
        auto more = co_await look(std::move(checks), input, verify::graph_mode::stop_at_failure);
        std::ranges::move(more, std::back_inserter(found));
        const std::string outcome = outcome_of(found);
        co_return finding{outcome, std::move(found)};
    }

    asio::awaitable<std::vector<evidence>> compile(verify::check_input input) {
        auto checks = verify::syntax_checks(*run_.isolated, input.changed);
        std::ranges::move(
            verify::semantic_checks(*run_.isolated, input.root, input.changed),
            std::back_inserter(checks)
        );
        co_return co_await look(
            std::move(checks), std::move(input), verify::graph_mode::collect_all
        );
    }

    /// Whether a check of the same name let the change itself through.
    bool passed_before(const evidence& of) const {
        return !root_.trace.empty() &&
               std::ranges::any_of(root_.trace.back().found, [&](const evidence& e) {
                   return e.check == of.check && e.result == verdict::pass;
               });
    }

    /// Without a word to the journal: what these checks say is not of the tree of the run.
    asio::awaitable<std::vector<evidence>> look(
        std::vector<std::shared_ptr<verify::check>> checks,
        verify::check_input input,
        verify::graph_mode mode
    ) {
        verify::graph_options options = graph_bounds(run_);
        options.check_timeout = patience();
        options.mode = mode;
        co_return co_await verify::run_checks(
            std::move(checks), std::move(input), std::move(options), run_.by
        );
    }

    static std::string outcome_of(std::vector<evidence> found) {
        std::erase_if(found, [](const evidence& e) { return e.author == author::actor; });
        const verdict said = conclude(std::move(found)).result;
        if (said == verdict::fail) return "caught";
        return said == verdict::pass ? "missed" : "unknown";
    }

    asio::awaitable<void> count(const verify::mutant& next, finding said) {
        events::verify_canary event{
            root_.id,
            next.path,
            static_cast<std::int64_t>(next.line),
            next.mutation,
            said.outcome,
            {}
        };
        const bool counts = said.outcome == "caught" || said.outcome == "missed";
        const bool caught = said.outcome == "caught";
        for (const auto& e : said.found) {
            if (e.result == verdict::skipped) continue;
            event.checks.push_back({e.check, e.result});
        }
        co_await run_.emit(std::move(event));
        if (!counts) co_return;
        add(seen_.all, caught);
        ++run_.result.verification.canaries;
        if (caught) ++run_.result.verification.canaries_caught;
        for (const auto& e : said.found)
            if (is_acceptance(e) && (e.result == verdict::pass || e.result == verdict::fail))
                add(seen_.checks[e.check], e.result == verdict::fail);
    }

    static void add(verify::canary_record& to, bool caught) {
        ++to.tried;
        if (caught) ++to.caught;
    }

    run_context& run_;
    const intention& root_;
    workspace& tree_;
    canary_tally& seen_;
    clock::duration longest_{0};
};

}  // namespace

asio::awaitable<void> release_canaries(
    run_context& run, const intention& root, workspace& tree, canary_tally& seen
) {
    measurement all(run, root, tree, seen);
    co_await all.carry_out();
}

}  // namespace riva::agents
