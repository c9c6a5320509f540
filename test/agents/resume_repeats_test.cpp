// What a resumed run only repeats: written in its order, told once it is written, and not waited
// for.

#include "catch.hpp"
#include "world.hpp"

#include <riva/runtime/journal.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

using namespace riva;
using riva::test::propose;
using riva::test::script_of;
using riva::test::world;

namespace {

/// Keeps events in memory, a moment after they came; events that come meanwhile are kept with them.
class counting_journal final : public journal {
public:
    asio::awaitable<result<void>> append(event e) override {
        if (fail_at != 0 && e.seq >= fail_at)
            co_return error{std::make_error_code(std::errc::io_error), "Full."};
        kept.push_back(std::move(e));
        most_at_once = std::max(most_at_once, ++waiting_);
        if (waiting_ == 1) ++waits;
        asio::steady_timer disk(co_await asio::this_coro::executor, std::chrono::milliseconds(2));
        co_await disk.async_wait(asio::use_awaitable);
        --waiting_;
        durable = std::max(durable, kept.size());
        co_return result<void>{};
    }

    asio::awaitable<result<std::vector<event>>> read(std::string) override { co_return kept; }
    asio::awaitable<result<std::vector<run_summary>>> runs() override {
        co_return std::vector<run_summary>();
    }

    std::vector<event> kept;
    std::size_t durable = 0;  ///< of those that are kept
    std::size_t waits = 0;  ///< for the disk, one after the other
    std::size_t most_at_once = 0;
    std::uint64_t fail_at = 0;

private:
    std::size_t waiting_ = 0;
};

/// Notes whether an event was told before it was written, or out of its turn.
struct witness final : observer {
    const counting_journal* of = nullptr;
    std::uint64_t last = 0;
    std::size_t too_early = 0;
    std::size_t out_of_turn = 0;

    asio::awaitable<void> observe(const event& e) override {
        if (std::holds_alternative<events::model_delta>(e.body)) co_return;
        if (e.seq > of->durable) ++too_early;
        if (e.seq != last + 1) ++out_of_turn;
        last = e.seq;
        co_return;
    }
};

/// A run that was stopped after ten looks at the repository.
struct looked_around {
    counting_journal record;
    witness seen;
    world w{script_of({propose(query{query_kind::list, ".", ""}, false)}), {{"a.txt", "a\n"}}};
    std::string run;

    looked_around() {
        seen.of = &record;
        w.parts.journal = &record;
        w.also = &seen;
        w.settings.sandbox = agents::isolation::off;
        w.settings.spending.calls = 10;
        const auto ended = w.run(w.task("find out what there is"));
        REQUIRE(ended.has_value());
        REQUIRE(ended->result.outcome == "exhausted");
        run = ended->run;
    }

    result<agents::report> resume() { return w.resume({run, {{"max_calls", "11"}}, false}); }
};

}  // namespace

TEST_CASE("what a resumed run repeats is written together, in its order", "[resume]") {
    looked_around r;
    const std::size_t before = r.record.kept.size();
    const std::size_t waits = r.record.waits;
    CHECK(r.record.most_at_once == 1);
    const auto ended = r.resume();
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "exhausted");
    CHECK(ended->result.usage.calls == 11);

    CHECK(r.record.kept.size() > before + 30);
    for (std::size_t i = 0; i < r.record.kept.size(); ++i) CHECK(r.record.kept[i].seq == i + 1);
    CHECK(r.record.most_at_once >= 27);
    CHECK(r.record.waits - waits < waits / 2);

    CHECK(r.seen.last == r.record.kept.size());
    CHECK(r.seen.too_early == 0);
    CHECK(r.seen.out_of_turn == 0);
}

TEST_CASE(
    "a resumed run whose repetition cannot be written ends and tells none of it", "[resume]"
) {
    looked_around r;
    r.record.fail_at = r.record.kept.size() + 8;
    const auto ended = r.resume();
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "error");
    REQUIRE(ended->result.error.has_value());
    CHECK(ended->result.error->kind == "journal");
    CHECK(r.seen.too_early == 0);
    CHECK(r.w.server.requests() == 10);
}
