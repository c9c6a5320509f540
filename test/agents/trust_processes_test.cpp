// Several processes that decide and report on one database.

#include "catch.hpp"
#include "talking_program.hpp"
#include "temporary_folder.hpp"
#include "trust_memory.hpp"

#include <sys/wait.h>

#include <csignal>
#include <map>
#include <numeric>
#include <random>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

using namespace riva;
using namespace riva::verify;
using riva::test::temporary_folder;

namespace {

/// A process that works on a budget, and what it said was durable.
struct worker : riva::test::talking_program {
    worker(const std::filesystem::path& file, const char* project, unsigned seed, int steps)
        : talking_program(
              {RIVA_TRUST_WORKER,
               file.string(),
               project,
               std::to_string(seed),
               std::to_string(steps)}
          ) {}
};

/// The numbers after each word, from all workers.
using tally = std::map<std::string, std::vector<std::int64_t>>;

void add(tally& to, const std::string& said) {
    std::istringstream lines(said);
    std::string word;
    std::int64_t number = 0;
    while (lines >> word >> number) to[word].push_back(number);
}

trust_state load(const std::filesystem::path& file, const char* project) {
    const auto kept = memory::trust_accounts::open(file);
    if (!kept) FAIL(kept.error().context);
    auto state = agents::trust_memory(**kept, {project, "verifiers", "make test"}).load();
    if (!state) FAIL(state.error().context);
    return *state;
}

/// Whether the numbers are 1, 2, ..., `count`, each once.
bool counts_to(std::vector<std::int64_t> numbers, std::int64_t count) {
    std::ranges::sort(numbers);
    std::vector<std::int64_t> expected(static_cast<std::size_t>(count));
    std::iota(expected.begin(), expected.end(), 1);
    return numbers == expected;
}

std::int64_t delivered(const trust_state& state) {
    return state.of(risk_level::low).delivered + state.of(risk_level::medium).delivered;
}

std::int64_t size(const tally& all, const std::string& word) {
    const auto found = all.find(word);
    return found == all.end() ? 0 : static_cast<std::int64_t>(found->second.size());
}

}  // namespace

TEST_CASE("processes that share a project never spend an allowance twice", "[trust]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    tally all;
    {
        worker one(file, "/p", seed, 400), two(file, "/p", seed + 1, 400);
        for (worker* each : {&one, &two}) {
            each->hear();
            CHECK(each->end(0) == 0);
            add(all, each->said());
        }
    }
    const trust_state state = load(file, "/p");
    CHECK(state.tickets.empty());
    // Each decision saw those before it, of either process.
    CHECK(counts_to(all["ticket"], static_cast<std::int64_t>(state.next_ticket) - 1));
    for (const risk_level risk : {risk_level::low, risk_level::medium}) {
        CAPTURE(to_string(risk));
        const trust_class& c = state.of(risk);
        CHECK(counts_to(all["skip_" + std::string(to_string(risk))], c.skipped));
        CHECK(counts_to(all["audit_" + std::string(to_string(risk))], c.audited));
    }
    CHECK(state.of(risk_level::low).skipped > 0);
    CHECK(state.of(risk_level::low).audited > 0);
    CHECK(
        size(all, "skip_low") + size(all, "skip_medium") + size(all, "passed") == delivered(state)
    );
    CHECK(
        size(all, "caught") ==
        state.of(risk_level::low).caught + state.of(risk_level::medium).caught
    );
    CHECK(size(all, "ticket") == size(all, "passed") + size(all, "failed") + size(all, "caught"));
}

TEST_CASE("processes in two repositories share nothing", "[trust]") {
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    worker one(file, "/one", 1, 100), two(file, "/two", 2, 100);
    for (const auto& [each, project] : {std::pair(&one, "/one"), std::pair(&two, "/two")}) {
        each->hear();
        CHECK(each->end(0) == 0);
        tally all;
        add(all, each->said());
        const trust_state state = load(file, project);
        CHECK(counts_to(all["ticket"], static_cast<std::int64_t>(state.next_ticket) - 1));
        CHECK(counts_to(all["skip_low"], state.of(risk_level::low).skipped));
    }
}

TEST_CASE("a process that is killed leaves trust as its last decision made it", "[trust][crash]") {
    const unsigned seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto file = folder / "riva.db";
    tally all;
    for (int i = 1; i <= 15; ++i) {
        worker killed(file, "/p", static_cast<unsigned>(random()), 100'000);
        killed.hear(1 + random() % 60);
        ::usleep(static_cast<useconds_t>(random() % 3000));
        CHECK(WTERMSIG(killed.end(SIGKILL)) == SIGKILL);
        killed.hear();
        add(all, killed.said());

        const trust_state state = load(file, "/p");
        CHECK(find_fault(state) == std::nullopt);
        // Each may have done one thing that it could not say any more.
        const std::int64_t tickets = size(all, "ticket");
        CHECK(static_cast<std::int64_t>(state.next_ticket) - 1 >= tickets);
        CHECK(static_cast<std::int64_t>(state.next_ticket) - 1 <= tickets + i);
        const std::int64_t said =
            size(all, "skip_low") + size(all, "skip_medium") + size(all, "passed");
        CHECK(delivered(state) >= said);
        CHECK(delivered(state) <= said + i);
    }
    const std::set<std::int64_t> unique(all["ticket"].begin(), all["ticket"].end());
    CHECK(unique.size() == all["ticket"].size());
}
