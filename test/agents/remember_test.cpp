// Project memory in the work loop: what is shown, what is learnt, and what a run that goes on sees.

#include "catch.hpp"
#include "world.hpp"

#include <riva/memory/pattern_records.hpp>
#include <riva/memory/project_memory.hpp>

#include <SQLiteCpp/Database.h>
#include <sealed_files.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::propose;
using riva::test::script_of;
using riva::test::temporary_folder;
using riva::test::world;

namespace {

constexpr memory::memory_time noon{std::chrono::milliseconds(1'790'000'000'000)};
const std::string code = "def add(a, b):\n    print(a)\n    return a + b\n";

std::unique_ptr<memory::project_memory> memory_of(const world& w) {
    std::filesystem::create_directories(w.settings.state_folder);
    return memory::project_memory::open(w.settings.state_folder / "riva.db").value();
}

void decide(
    const world& w,
    const std::filesystem::path& repository,
    std::string text,
    std::vector<std::string> paths = {}
) {
    const memory::new_entry what{.text = std::move(text), .paths = std::move(paths)};
    REQUIRE(memory_of(w)->add(repository.string(), what, noon).has_value());
}

std::vector<memory::project_entry> known(const world& w) {
    return memory_of(w)->list(w.repository.path().string(), {}).value();
}

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs a task that is verified, and writes its change to the repository.
agents::report apply_run(world& w, const std::string& what = "write add in m.py") {
    auto task = w.task(what, {"test -f m.py"});
    task.write = true;
    const auto ended = w.run(task);
    REQUIRE(ended.has_value());
    REQUIRE(ended->result.outcome == "verified");
    return *ended;
}

}  // namespace

TEST_CASE("the model sees the decisions that concern its task, and the journal which", "[memory]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", code})}));
    decide(w, w.repository.path(), "No new dependencies");
    decide(w, w.repository.path(), "Names are English", {"*.py"});
    decide(w, w.repository.path(), "Pages are short", {"docs/"});
    apply_run(w);
    const std::string prompt = w.server.journal();
    CHECK_THAT(prompt, Contains("## Decisions (must be respected)"));
    CHECK_THAT(prompt, Contains("said by the user"));
    CHECK_THAT(prompt, Contains("No new dependencies"));
    CHECK_THAT(prompt, Contains("Names are English"));
    CHECK_THAT(prompt, !Contains("Pages are short"));
    const auto shown = w.seen<events::memory_shown>();
    REQUIRE(shown.size() == 1);
    CHECK(shown.front().intention == "1");
    REQUIRE(shown.front().entries.size() == 2);
    CHECK(shown.front().entries.front().by == "user");
    for (const auto& e : known(w)) CHECK(e.used.has_value() == (e.text != "Pages are short"));
}

TEST_CASE("memory that is off shows nothing and learns nothing", "[memory]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", code})}));
    decide(w, w.repository.path(), "No new dependencies");
    REQUIRE(agents::set(w.settings, "memory", "off").has_value());
    const auto ended = apply_run(w);
    CHECK_THAT(w.server.journal(), !Contains("No new dependencies"));
    CHECK(w.seen<events::memory_shown>().empty());
    CHECK_FALSE(known(w).front().used.has_value());
    CHECK(memory_of(w)->watched(w.repository.path().string()).value().empty());
    CHECK(!w.recorded(ended.run).empty());
}

TEST_CASE("two repositories share nothing that is remembered", "[memory]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", code})}));
    const temporary_folder other;
    decide(w, other.path(), "No new dependencies");
    apply_run(w);
    CHECK_THAT(w.server.journal(), !Contains("No new dependencies"));
    CHECK(w.seen<events::memory_shown>().empty());
}

TEST_CASE("what the user changed of a change is learnt, and shown to the next run", "[memory]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", code}), propose(create_file{"n.py", code})}));
    const auto first = apply_run(w);
    CHECK(w.seen<events::memory_recorded>().empty());
    std::string corrected = read(w.repository / "m.py");
    corrected.replace(corrected.find("print(a)"), 8, "log.info(a)");
    w.repository.write("m.py", corrected);

    w.events.clear();
    REQUIRE(w.run(w.task("write more in m.py and n.py", {"test -f n.py"})).has_value());
    const auto learnt = w.seen<events::memory_recorded>();
    REQUIRE(learnt.size() == 1);
    CHECK(learnt.front().source == first.run);
    CHECK(learnt.front().entry.text == "-    print(a)\n+    log.info(a)\n");
    CHECK(learnt.front().entry.by == "learnt");
    const auto shown = w.seen<events::memory_shown>();
    REQUIRE(shown.size() == 1);
    CHECK(shown.front().entries.front().id == learnt.front().entry.id);
    CHECK_THAT(w.server.journal(), Contains("> +    log.info(a)"));
    const auto kept = known(w);
    REQUIRE(kept.size() == 1);
    REQUIRE(kept.front().evidence.size() == 1);
    CHECK(kept.front().evidence.front().run == first.run);
    // The event that the evidence names holds the change.
    const auto recorded = w.recorded(first.run);
    const auto& e = recorded.at(kept.front().evidence.front().seq - 1);
    INFO(to_json(e));
    CHECK(std::holds_alternative<events::workspace_diff>(e.body));
}

TEST_CASE("a change that the user took back is a failure of its pattern", "[memory]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", code})}));
    const auto first = apply_run(w);
    const auto failures = [&] {
        const auto kept = memory::pattern_records::open(w.settings.state_folder / "riva.db");
        const auto now =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        std::int64_t all = 0;
        for (const auto& row : kept.value()->load(w.repository.path().string(), now).value())
            all += row.failures;
        return all;
    };
    CHECK(failures() == 0);
    std::filesystem::remove(w.repository / "m.py");
    w.events.clear();
    REQUIRE(w.run(w.task("write add in m.py", {"test -f m.py"})).has_value());
    const auto learnt = w.seen<events::memory_recorded>();
    REQUIRE(learnt.size() == 1);
    CHECK_THAT(learnt.front().entry.text, Contains("The whole change was taken back"));
    CHECK(learnt.front().source == first.run);
    CHECK(failures() == 1);
}

TEST_CASE("nothing is learnt from a run that was not verified or not applied", "[memory]") {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", code})}));
    w.settings.max_cycles = 1;
    auto task = w.task("write add in m.py", {"false"});
    task.write = true;
    REQUIRE(w.run(task).has_value());
    REQUIRE(w.run(w.task("write add in m.py", {"test -f m.py"})).has_value());
    CHECK(memory_of(w)->watched(w.repository.path().string()).value().empty());
}

TEST_CASE("a run that goes on shows what it showed before", "[memory][resume]") {
    if (!have_sandbox()) return;
    world w(script_of(
        {propose(query{query_kind::list, "", ""}, false), propose(create_file{"m.py", code})}
    ));
    decide(w, w.repository.path(), "No new dependencies");
    w.settings.spending.calls = 1;
    const auto stopped = w.run(w.task("write add in m.py", {"test -f m.py"}));
    REQUIRE(stopped.has_value());
    REQUIRE(stopped->result.outcome == "exhausted");
    const auto first = w.seen<events::memory_shown>();
    REQUIRE(first.size() == 1);
    REQUIRE(memory_of(w)->forget(w.repository.path().string(), 1).has_value());
    decide(w, w.repository.path(), "Something else");

    w.events.clear();
    const auto ended = w.resume({stopped->run, {{"max_calls", "5"}}});
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "verified");
    CHECK(w.seen<events::memory_shown>() == first);
    CHECK_THAT(w.server.journal(), !Contains("Something else"));
}

TEST_CASE(
    "a memory that cannot be read ends the run, for a decision must not be left out",
    "[memory][bad input]"
) {
    if (!have_sandbox()) return;
    world w(script_of({propose(create_file{"m.py", code})}));
    decide(w, w.repository.path(), "No new dependencies");
    SQLite::Database(
        (w.settings.state_folder / "riva.db").string(),
        SQLite::OPEN_READWRITE,
        0,
        memory::sealed_files()
    )
        .exec("UPDATE memory_entries SET kind = 9");
    const auto ended = w.run(w.task("write add in m.py", {"test -f m.py"}));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == "error");
    REQUIRE(ended->result.error.has_value());
    CHECK(ended->result.error->kind == "memory");
    CHECK_THAT(ended->result.error->message, Contains("is damaged"));
    CHECK_THAT(ended->result.error->hint, Contains("--set memory=off"));
    CHECK(w.server.requests() == 0);
}
