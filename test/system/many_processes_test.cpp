// Several processes of the program on one state folder.

#include "catch.hpp"
#include "program.hpp"
#include "recorded_runs.hpp"
#include "world.hpp"

#include <riva/memory/trust_accounts.hpp>

#include <algorithm>
#include <set>
#include <sstream>

using namespace riva;
using riva::test::installation;
using riva::test::model_server;
using riva::test::propose;
using riva::test::script_of;
using riva::test::temporary_folder;

namespace {

/// The trust that was kept for a repository: how many changes were delivered.
std::int64_t delivered_in(const installation& i, const std::filesystem::path& repository) {
    const auto kept = memory::trust_accounts::open(i.home / "state/riva.db").value();
    std::int64_t delivered = 0;
    for (const auto& scope : kept->scopes(std::filesystem::canonical(repository)).value())
        for (const auto& row : kept->load(scope).value().classes) delivered += row.delivered;
    return delivered;
}

/// Whatever the program has said on standard output, without pieces of answers.
std::vector<std::string> lines_of(const std::filesystem::path& file) {
    std::istringstream all(test::read_file(file));
    std::vector<std::string> lines;
    for (std::string line; std::getline(all, line);)
        if (line.find("\"model.delta\"") == std::string::npos) lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("eight processes on one state folder lose no run, event or trust", "[many]") {
    constexpr int processes = 8, runs_each = 3;
    const model_server server(script_of({propose(create_file{"a.txt", "a\n"})}));
    const installation i;
    const std::vector<temporary_folder> repositories(2);
    std::string line;
    for (int n = 0; n < processes; ++n)
        line +=
            "(for k in 1 2 3; do $RIVA run 'write a.txt' --check 'test -f a.txt' --sandbox off "
            "--json --repo " +
            repositories[static_cast<std::size_t>(n % 2)].path().string() + " --model " +
            server.spec() + " > $HOME/out-" + std::to_string(n) + "-$k || echo failed; done) & ";
    const auto all = i.shell(line + "wait");
    CHECK(all.out.empty());
    INFO(all.err);

    std::set<std::string> said;
    std::int64_t decided = 0;
    for (int n = 0; n < processes; ++n)
        for (int k = 1; k <= runs_each; ++k) {
            const auto lines =
                lines_of(i.home / ("out-" + std::to_string(n) + "-" + std::to_string(k)));
            REQUIRE(!lines.empty());
            const std::string run = event_from_json(lines.back()).value().run;
            said.insert(run);
            std::vector<std::string> recorded;
            for (const auto& e : test::recorded_in(i, run)) {
                recorded.push_back(to_json(e));
                const auto* decision = std::get_if<events::verify_decided>(&e.body);
                if (n % 2 == 0 && decision != nullptr && decision->trust) ++decided;
            }
            CHECK(recorded == lines);
        }
    const auto known = test::runs_in(i);
    CHECK(known.size() == processes * runs_each);
    CHECK(std::set<std::string>(known.begin(), known.end()) == said);
    CHECK(decided >= processes / 2 * runs_each);
    CHECK(delivered_in(i, repositories[0].path()) == decided);
    CHECK(delivered_in(i, repositories[1].path()) == decided);
}
