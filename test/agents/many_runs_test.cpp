// Many runs at once in one engine.

#include "catch.hpp"
#include "trust_memory.hpp"
#include "world.hpp"

#include <riva/memory/trust_accounts.hpp>

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>

using namespace riva;
using riva::test::propose;
using riva::test::recorder;
using riva::test::script_of;
using riva::test::temporary_folder;
using riva::test::world;

namespace {

/// One of the runs, with what was heard of it.
struct one_run {
    std::size_t repository = 0;
    std::vector<event> heard;
    std::unique_ptr<recorder> ear = std::make_unique<recorder>(heard);
    result<agents::report> ended;
};

/// Runs all of them on one engine with several threads, each on one of the repositories.
std::vector<one_run> run_at_once(
    world& w, const std::vector<agents::task>& repositories, std::size_t count, int threads
) {
    boost::asio::io_context io(threads);
    agents::engine engine(io.get_executor(), w.settings, w.parts);
    std::vector<one_run> all(count);
    for (std::size_t n = 0; n < count; ++n) {
        one_run& r = all[n];
        r.repository = n % repositories.size();
        engine.async_run(
            repositories[r.repository],
            r.ear.get(),
            deadline::in(w.time),
            [&r](std::exception_ptr, result<agents::report> ended) { r.ended = std::move(ended); }
        );
    }
    std::vector<std::thread> others;
    for (int n = 1; n < threads; ++n) others.emplace_back([&] { io.run(); });
    io.run();
    for (auto& other : others) other.join();
    return all;
}

bool is_journaled(const event& e) {
    return !std::holds_alternative<events::model_delta>(e.body);
}

/// How often the trust budget was asked.
std::int64_t decisions_in(const std::vector<event>& heard) {
    return std::ranges::count_if(heard, [](const event& e) {
        const auto* decided = std::get_if<events::verify_decided>(&e.body);
        return decided != nullptr && decided->trust.has_value();
    });
}

/// What the database says of that.
std::int64_t delivered_in(const world& w, const agents::task& job) {
    const auto kept = memory::trust_accounts::open(w.settings.state_folder / "riva.db").value();
    std::int64_t delivered = 0;
    for (const auto& row : kept->load(agents::trust_scope_of(job)).value().classes)
        delivered += row.delivered;
    return delivered;
}

}  // namespace

TEST_CASE("64 runs at once in one engine lose no event and no trust", "[many]") {
    world w(script_of({propose(create_file{"a.txt", "a\n"})}));
    w.settings.sandbox = agents::isolation::off;
    const temporary_folder other;
    std::vector<agents::task> jobs(2, w.task("write a.txt", {"test -f a.txt"}));
    jobs[1].repository = other.path();
    auto runs = run_at_once(w, jobs, 64, 4);

    std::array<std::int64_t, 2> decided{};
    std::set<std::string> names;
    for (one_run& r : runs) {
        REQUIRE(r.ended.has_value());
        CHECK(r.ended->result.outcome == "verified");
        names.insert(r.ended->run);
        std::erase_if(r.heard, [](const event& e) { return !is_journaled(e); });
        CHECK(w.recorded(r.ended->run) == r.heard);
        decided[r.repository] += decisions_in(r.heard);
    }
    CHECK(names.size() == 64);
    for (std::size_t n = 0; n < 2; ++n) {
        CHECK(decided[n] >= 32);
        CHECK(delivered_in(w, jobs[n]) == decided[n]);
    }
}
