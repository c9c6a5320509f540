// What `riva show` says of a damaged record, as a user sees it.

#include "catch.hpp"
#include "program.hpp"
#include "run.hpp"

#include <riva/memory/sqlite_journal.hpp>

#include <SQLiteCpp/Database.h>
#include <sealed_files.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::read_file;
using riva::test::result_in;
using riva::test::script_that_writes_add;

namespace {

constexpr std::uint64_t events_of_a_run = 200;
const std::string name = "20260101-000000-abcdef";

std::filesystem::path database_of(const installation& i) {
    return i.home / "state" / "riva.db";
}

asio::awaitable<void> write_run(journal& to, bool& written) {
    for (std::uint64_t seq = 1; seq <= events_of_a_run; ++seq) {
        event e;
        e.run = name;
        e.seq = seq;
        e.body = events::log{"info", "entry " + std::to_string(seq) + std::string(300, '.')};
        if (seq == 1)
            e.body =
                events::run_started{"a task", "", "coder", "/srv/a", "1", {}, {}, false, "", ""};
        if (!co_await to.append(std::move(e))) co_return;
    }
    written = true;
}

/// A run of many pages in the state folder of an installation.
void record_run(const installation& i) {
    std::filesystem::create_directories(database_of(i).parent_path());
    const auto to = memory::sqlite_journal::open(database_of(i));
    REQUIRE(to.has_value());
    bool written = false;
    test::run([&] { return write_run(**to, written); });
    REQUIRE(written);
}

/// Flips a bit of the page that holds the text.
void flip_a_bit_near(const std::filesystem::path& file, const std::string& text) {
    std::string bytes = read_file(file);
    const auto at = bytes.find(text);
    REQUIRE(at != std::string::npos);
    bytes[at] ^= 1;
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// The number behind `--until` in what riva said.
std::string last_good_in(const std::string& said) {
    const std::string mark = "riva show " + name + " --until ";
    const auto at = said.find(mark);
    if (at == std::string::npos) return "";
    const auto begin = at + mark.size();
    return said.substr(begin, said.find(' ', begin) - begin);
}

}  // namespace

TEST_CASE("riva show names the event where a bit was flipped, and shows what is before", "[show]") {
    const installation i;
    record_run(i);
    const auto before = i.riva({"show", name, "--json"});
    REQUIRE(before.lines().size() == events_of_a_run);
    flip_a_bit_near(database_of(i), "entry 150");
    const std::string bytes = read_file(database_of(i));

    const auto refused = i.riva({"show", name});
    CHECK(refused.status == 1);
    CHECK(refused.out.empty());
    const std::string good = last_good_in(refused.err);
    INFO(refused.err);
    REQUIRE(!good.empty());
    const auto count = std::stoul(good);
    CHECK(count < 150);  // the events that share the page with the bad one go with it
    CHECK(count > 100);
    CHECK_THAT(refused.err, Contains("damaged at event " + std::to_string(count + 1) + ":"));

    const auto prefix = i.riva({"show", name, "--until", good, "--json"});
    INFO(prefix.err);
    CHECK(prefix.status == 0);
    auto expected = before.lines();
    expected.resize(count);
    CHECK(prefix.lines() == expected);
    const auto shown = i.riva({"show", name, "--until", good});
    CHECK(shown.status == 0);
    CHECK_THAT(shown.out, Contains("a task") && Contains("entry " + good));
    CHECK_THAT(shown.out, Contains("up to event " + good) && !Contains("has no result"));
    const auto more = i.riva({"show", name, "--until", "170", "--json"});
    CHECK(more.status == 1);
    CHECK(more.out.empty());
    CHECK(last_good_in(more.err) == good);

    for (const auto* command : {"resume", "replay"}) {
        const auto ended = i.riva({command, name});
        INFO(command);
        CHECK(ended.status != 0);
        CHECK_THAT(ended.err, Contains("damaged at event " + std::to_string(count + 1) + ":"));
        CHECK(last_good_in(ended.err) == good);
    }
    CHECK(read_file(database_of(i)) == bytes);
}

TEST_CASE("riva show finds a run although the list of runs is damaged", "[show]") {
    const installation i;
    record_run(i);
    flip_a_bit_near(database_of(i), "a task/srv/a");  // as the list has them
    const auto refused = i.riva({"show", name});
    INFO(refused.err);
    CHECK(refused.status == 1);
    CHECK(last_good_in(refused.err) == std::to_string(events_of_a_run));
    const auto shown = i.riva({"show", name, "--until", std::to_string(events_of_a_run), "--json"});
    CHECK(shown.status == 0);
    CHECK(shown.lines().size() == events_of_a_run);
    const auto unknown = i.riva({"show", "2026"});
    CHECK(unknown.status == 1);
    CHECK_THAT(unknown.err, Contains("damaged"));
}

TEST_CASE("riva show --until shows the beginning of a run that is whole", "[show]") {
    if (!have_sandbox()) return;
    const model_server server(script_that_writes_add());
    const installation i;
    const auto ran = i.riva(
        {"run",
         "write add in m.py",
         "--json",
         "--model",
         server.spec(),
         "--check",
         "python3 -c 'import m; assert m.add(1, 2) == 3'"}
    );
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    const std::string id = event_from_json(ran.lines().back()).value().run;
    const auto all = i.riva({"show", id, "--json"});
    const auto some = i.riva({"show", id, "--until", "4", "--json"});
    CHECK(some.status == 0);
    auto expected = all.lines();
    REQUIRE(expected.size() > 4);
    expected.resize(4);
    CHECK(some.lines() == expected);
    CHECK(i.riva({"show", id, "--until", "1000000"}).out == i.riva({"show", id}).out);
    CHECK_THAT(i.riva({"show", id, "--until", "4"}).out, !Contains("outcome     verified"));
    for (const auto* bad : {"0", "-1", "x"})
        CHECK(i.riva({"show", id, "--until", bad}).status == 2);
}
