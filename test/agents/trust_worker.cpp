#include "trust_memory.hpp"
#include "trust_session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace riva {
namespace {

using namespace verify;

/// Says what is durable, in one write each.
void say(const std::string& word, std::int64_t number) {
    const std::string line = word + " " + std::to_string(number) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(1);
}

/// Reports one of the open verifications. One in fifty finds a failure.
asio::awaitable<void> report_one(
    trust_budget& budget, std::mt19937& random, std::vector<trust_decision>& open
) {
    const auto next = open.begin() + static_cast<std::ptrdiff_t>(random() % open.size());
    const trust_decision about = *next;
    open.erase(next);
    const bool wrong = random() % 50 == 0;
    const auto taken = co_await budget.report(about, wrong ? verdict::fail : verdict::pass);
    if (!taken || !*taken) std::_Exit(3);
    const bool caught = wrong && about.choice == trust_choice::audit;
    say(caught ? "caught" : wrong ? "failed" : "passed", static_cast<std::int64_t>(about.ticket));
}

asio::awaitable<void> work(trust_budget& budget, unsigned seed, int steps) {
    std::mt19937 random(seed);
    std::vector<trust_decision> open;
    for (int i = 0; i < steps; ++i) {
        if (open.size() > 3 || (!open.empty() && random() % 2 == 0)) {
            co_await report_one(budget, random, open);
            continue;
        }
        const auto risk = random() % 8 == 0 ? risk_level::medium : risk_level::low;
        const trust_action action{risk, "pattern " + std::to_string(random() % 3)};
        const trust_decision made = co_await budget.decide(action);
        if (made.reason == trust_reason::state_unavailable) std::_Exit(4);
        const std::string where(to_string(risk));
        if (made.verified()) {
            say("ticket", static_cast<std::int64_t>(made.ticket));
            open.push_back(made);
        }
        if (made.choice == trust_choice::skip) say("skip_" + where, made.skipped);
        if (made.choice == trust_choice::audit) say("audit_" + where, made.audited);
    }
    while (!open.empty()) co_await report_one(budget, random, open);
}

}  // namespace
}  // namespace riva

/// trust_worker FILE PROJECT SEED STEPS: decides and reports, and says so when it is durable.
int main(int count, char** words) {
    if (count != 5) return 2;
    const auto kept = riva::memory::trust_accounts::open(words[1]);
    if (!kept) {
        std::fprintf(stderr, "%s\n", kept.error().context.c_str());
        return 1;
    }
    riva::agents::trust_memory shared(**kept, {words[2], "verifiers", "make test"});
    riva::agents::trust_session session(shared);
    boost::asio::thread_pool pool(1);
    riva::verify::trust_budget budget(pool.get_executor(), session, {}, riva::agents::toss_coin);
    boost::asio::io_context io(1);
    boost::asio::co_spawn(
        io,
        riva::work(budget, static_cast<unsigned>(std::atoi(words[3])), std::atoi(words[4])),
        [](std::exception_ptr e) {
            if (e) std::rethrow_exception(e);
        }
    );
    io.run();
    pool.join();
    return 0;
}
