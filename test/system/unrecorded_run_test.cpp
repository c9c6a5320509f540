// What runs leave behind whose process dies before the journal knows of them.

#include "catch.hpp"
#include "program.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

using namespace riva;
using Catch::Contains;
using riva::test::ended_program;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::result_in;
using riva::test::script_that_writes_add;

namespace fs = std::filesystem;

namespace {

/// A repository, and runs on it that may die.
class mortal_runs {
public:
    mortal_runs() : server_(script_that_writes_add()), i({{"main.py", "import m\n"}}) {
        i.program = RIVA_DYING_PROGRAM;
    }

    ended_program run(const std::string& where_to_die = "") {
        if (!where_to_die.empty()) i.environment = {"RIVA_CRASH_AT=" + where_to_die};
        auto ended = i.riva(
            {"run",
             "write add in m.py",
             "--json",
             "--model",
             server_.spec(),
             "--check",
             "python3 -c 'import m; assert m.add(1, 2) == 3'"}
        );
        i.environment.clear();
        return ended;
    }

    /// A run that ends well, and its name.
    std::string run_well() {
        const auto ended = run();
        INFO(ended.err);
        REQUIRE(ended.status == 0);
        return event_from_json(ended.lines().back()).value().run;
    }

    fs::path folder_of(const std::string& name) const { return state() / "runs" / name; }
    fs::path mark_of(const std::string& name) const { return state() / "starting" / name; }

    /// The names of the runs that have a mark.
    std::vector<std::string> marked() const {
        std::vector<std::string> all;
        std::error_code none;
        for (const auto& entry : fs::directory_iterator(state() / "starting", none))
            all.push_back(entry.path().filename());
        return all;
    }

    /// As if the run had begun two hours ago.
    void age(const std::string& name) const {
        fs::last_write_time(
            mark_of(name), fs::file_time_type::clock::now() - std::chrono::hours(2)
        );
    }

private:
    fs::path state() const { return i.home / "state"; }

    model_server server_;

public:
    installation i;
};

/// Dies with its tree staged, and nothing in the journal.
std::string die_before_the_first_event(mortal_runs& r) {
    REQUIRE(r.run("stage_made").status == 137);
    const auto marked = r.marked();
    REQUIRE(marked.size() == 1);
    REQUIRE(fs::exists(r.folder_of(marked.front()) / "tree" / "main.py"));
    return marked.front();
}

/// Holds a lock as a living process would.
class held_lock {
public:
    explicit held_lock(const fs::path& file)
        : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
        REQUIRE(descriptor_ >= 0);
        REQUIRE(::flock(descriptor_, LOCK_EX | LOCK_NB) == 0);
    }
    ~held_lock() { ::close(descriptor_); }
    held_lock(const held_lock&) = delete;
    held_lock& operator=(const held_lock&) = delete;

private:
    int descriptor_;
};

}  // namespace

TEST_CASE(
    "the folder of a run that died before its first event goes after an hour", "[unrecorded]"
) {
    if (!have_sandbox()) return;
    mortal_runs r;
    const auto dead = die_before_the_first_event(r);
    const auto young = r.run_well();
    CHECK(fs::exists(r.folder_of(dead)));
    CHECK(r.marked() == std::vector{dead});
    CHECK_THAT(r.i.riva({"runs"}).out, Contains(young) && !Contains(dead));
    r.age(dead);
    const auto next = r.run_well();
    CHECK(!fs::exists(r.folder_of(dead)));
    CHECK(r.marked().empty());
    CHECK(fs::exists(r.folder_of(young) / "objects"));
    CHECK(fs::exists(r.folder_of(next) / "objects"));
}

TEST_CASE("a run that the journal knows keeps its folder, and can go on", "[unrecorded]") {
    if (!have_sandbox()) return;
    mortal_runs r;
    REQUIRE(r.run("answer_recorded").status == 137);
    const auto marked = r.marked();
    REQUIRE(marked.size() == 1);
    const auto& dead = marked.front();
    r.age(dead);
    r.run_well();
    CHECK(r.marked().empty());
    CHECK(fs::exists(r.folder_of(dead)));
    const auto resumed = r.i.riva({"resume", dead, "--json"});
    INFO(resumed.err);
    CHECK(resumed.status == 0);
    CHECK(result_in(resumed).outcome == "verified");
}

TEST_CASE("a folder stays for as long as a process holds its lock or its mark", "[unrecorded]") {
    if (!have_sandbox()) return;
    mortal_runs r;
    const auto dead = die_before_the_first_event(r);
    r.age(dead);
    for (const auto& held : {r.mark_of(dead), r.folder_of(dead)}) {
        const held_lock alive(held);
        r.run_well();
        INFO(held);
        CHECK(fs::exists(r.folder_of(dead) / "tree" / "main.py"));
        CHECK(r.marked() == std::vector{dead});
    }
    r.run_well();
    CHECK(!fs::exists(r.folder_of(dead)));
    CHECK(r.marked().empty());
}

TEST_CASE("a run whose tree cannot be staged leaves neither folder nor mark", "[unrecorded]") {
    if (!have_sandbox()) return;
    mortal_runs r;
    REQUIRE(r.i.shell("truncate -s 5G large").status == 0);
    const auto refused = r.run();
    INFO(refused.err);
    CHECK(refused.status != 0);
    CHECK_THAT(refused.err, Contains("limit"));
    CHECK(r.marked().empty());
    CHECK(fs::is_empty(r.folder_of("x").parent_path()));
}
