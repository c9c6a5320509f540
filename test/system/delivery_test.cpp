// A change on its way to the user's tree: written, left half written, finished, taken back.

#include "catch.hpp"
#include "program.hpp"
#include "recorded_runs.hpp"
#include "world.hpp"

#include <riva/runtime/digest.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <chrono>

using namespace riva;
using Catch::Contains;
using riva::test::ended_program;
using riva::test::installation;
using riva::test::model_server;
using riva::test::propose;
using riva::test::read_file;
using riva::test::script_of;

namespace {

const std::map<std::string, std::string> before{
    {"a.txt", "a\n"}, {"b.txt", "b\n"}, {"c.txt", "c\n"}
};

/// A run that edits one file, deletes one, and makes one.
struct delivery {
    model_server server{script_of(
        {propose(edit_file{"a.txt", {{"a", "changed a"}}}, false),
         propose(delete_file{"b.txt"}, false),
         propose(create_file{"new/d.txt", "d\n"})}
    )};
    installation i{before, test::folder_in_memory()};
    const std::map<std::string, std::string> tree = test::tree_of(i.repository.path());

    std::string check = "test -d .";

    ended_program run(const std::vector<std::string>& more = {"--write"}) {
        std::vector<std::string> arguments{
            "run",
            "change them",
            "--check",
            check,
            "--sandbox",
            "off",
            "--strategies",
            "baseline",
            "--model",
            server.spec()
        };
        arguments.insert(arguments.end(), more.begin(), more.end());
        return i.riva(std::move(arguments));
    }

    /// Dies at a place. Returns the name of the run.
    std::string die(const std::string& where) {
        i.program = RIVA_DYING_PROGRAM;
        i.environment = {"RIVA_CRASH_AT=" + where};
        const auto ended = run();
        INFO(ended.err);
        REQUIRE(ended.status == 137);
        i.environment.clear();
        return test::runs_in(i).front();
    }

    bool is_as_before() const { return test::tree_of(i.repository.path()) == tree; }
    bool is_delivered() const {
        return test::tree_of(i.repository.path()) ==
               std::map<std::string, std::string>{
                   {"a.txt", "changed a\n"}, {"c.txt", "c\n"}, {"new/", ""}, {"new/d.txt", "d\n"}
               };
    }
};

std::vector<std::string> effects_in(const std::vector<event>& recorded) {
    std::vector<std::string> names;
    for (const auto& e : recorded)
        if (const std::string name(type_name(e.body));
            name.starts_with("effect.") || name == "run.result")
            names.push_back(name);
    return names;
}

/// From the first event to the last one of the work.
std::chrono::milliseconds time_of_work(const std::vector<event>& of_killed_run) {
    auto last = of_killed_run.front().time;
    for (const auto& e : of_killed_run)
        if (!type_name(e.body).starts_with("effect.")) last = e.time;
    return last - of_killed_run.front().time;
}

std::chrono::milliseconds measured_time(const delivery& d, const std::string& run) {
    const auto told = d.i.riva({"metrics", run, "--json"});
    INFO(told.err);
    REQUIRE(told.status == 0);
    const auto line = boost::json::parse(told.lines().front());
    return std::chrono::milliseconds(line.at("figures").at("total_ms").to_number<std::int64_t>());
}

using names = std::vector<std::string>;
const names whole{"effect.prepared", "effect.applied", "run.result"};

}  // namespace

TEST_CASE("a change is prepared before it is written and recorded after", "[delivery]") {
    delivery d;
    const auto ended = d.run();
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    CHECK(d.is_delivered());
    const std::string run = test::runs_in(d.i).front();
    CHECK(
        effects_in(
            d.i.riva({"show", run, "--json"}).status == 0 ? test::recorded_in(d.i, run)
                                                          : std::vector<event>()
        ) == whole
    );
    CHECK_THAT(d.i.riva({"show", run}).out, Contains("the change was applied"));

    SECTION("and what is applied is not written again") {
        CHECK(d.i.riva({"apply", run}).status == 0);
        CHECK(effects_in(test::recorded_in(d.i, run)) == whole);
    }
    SECTION("and it can be taken back, and applied again") {
        CHECK(d.i.riva({"apply", run, "--undo"}).status == 0);
        CHECK(d.is_as_before());
        CHECK_THAT(d.i.riva({"show", run}).out, Contains("the change was taken back"));
        const auto again = d.i.riva({"apply", run, "--undo"});
        CHECK(again.status == 2);
        CHECK_THAT(again.err, Contains("nothing to take back"));
        CHECK(d.i.riva({"apply", run}).status == 0);
        CHECK(d.is_delivered());
    }
    SECTION("and is not taken back over what the user wrote since") {
        d.i.repository.write("a.txt", "of the user\n");
        const auto refused = d.i.riva({"apply", run, "--undo"});
        CHECK(refused.status == 2);
        CHECK_THAT(refused.err, Contains("'a.txt'"));
        CHECK(read_file(d.i.repository / "a.txt") == "of the user\n");
        CHECK(read_file(d.i.repository / "new/d.txt") == "d\n");
        CHECK_THAT(d.i.riva({"show", run}).out, Contains("the change was not applied"));
    }
}

TEST_CASE("a change that was being written when the process died is unknown", "[delivery]") {
    delivery d;
    const std::string run = d.die(
        GENERATE("effect_prepared", "temporary_synced:2", "file_replaced:2", "folder_synced:1")
    );
    const auto shown = d.i.riva({"show", run});
    CHECK_THAT(shown.out, Contains("unknown     effect "));
    CHECK_THAT(shown.out, Contains("a.txt") && Contains("b.txt") && Contains("new/d.txt"));
    CHECK_THAT(shown.out, Contains("riva apply " + run + " --undo"));

    SECTION("and resume writes the rest and ends the run") {
        const auto ended = d.i.riva({"resume", run});
        INFO(ended.err);
        CHECK(ended.status == 0);
        CHECK(d.is_delivered());
        CHECK_THAT(ended.out, Contains("+changed a"));
        CHECK(effects_in(test::recorded_in(d.i, run)) == whole);
        CHECK(d.i.riva({"resume", run}).status == 2);
        CHECK_THAT(d.i.riva({"show", run}).out, !Contains("unknown "));
    }
    SECTION("and apply writes the rest") {
        const auto ended = d.i.riva({"apply", run});
        CHECK(ended.status == 0);
        CHECK_THAT(ended.err, Contains("riva resume " + run));
        CHECK(d.is_delivered());
        CHECK(d.i.riva({"resume", run}).status == 0);
        CHECK(effects_in(test::recorded_in(d.i, run)) == whole);
    }
    SECTION("and apply takes all of it back, after which the run goes on") {
        CHECK(d.i.riva({"apply", run, "--undo"}).status == 0);
        CHECK(d.is_as_before());
        CHECK(d.i.riva({"resume", run}).status == 0);
        CHECK(d.is_delivered());
    }
}

TEST_CASE("what the user wrote while a change was half written is not written over", "[delivery]") {
    delivery d;
    const std::string run = d.die("file_replaced:2");
    const std::string file = GENERATE("a.txt", "new/d.txt", "b.txt");
    d.i.repository.write(file, "of the user\n");
    const auto tree = test::tree_of(d.i.repository.path());
    for (const auto& command : std::vector<std::vector<std::string>>{
             {"resume", run}, {"apply", run}, {"apply", run, "--undo"}
         }) {
        INFO(command.front() << command.size());
        const auto refused = d.i.riva(command);
        CHECK(refused.status == 2);
        CHECK_THAT(refused.err, Contains("'" + file + "' (before "));
        CHECK_THAT(refused.err, Contains("now " + sha256("of the user\n").substr(0, 12)));
        auto now = test::tree_of(d.i.repository.path());
        CHECK(now[file] == "of the user\n");
    }
    CHECK_THAT(d.i.riva({"show", run}).out, Contains("unknown     effect "));
    // As it is to be, it can go on.
    if (file == "b.txt")
        std::filesystem::remove(d.i.repository / file);
    else
        d.i.repository.write(file, file == "a.txt" ? "changed a\n" : "d\n");
    const auto ended = d.i.riva({"resume", run});
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(d.is_delivered());
}

TEST_CASE("a change that nobody applied cannot be taken back", "[delivery]") {
    delivery d;
    REQUIRE(d.run({}).status == 0);
    const std::string run = test::runs_in(d.i).front();
    const auto refused = d.i.riva({"apply", run, "--undo"});
    CHECK(refused.status == 2);
    CHECK_THAT(refused.err, Contains("has not been applied"));
    CHECK(d.i.riva({"apply", run}).status == 0);
    CHECK(d.is_delivered());
    CHECK(
        effects_in(test::recorded_in(d.i, run)) ==
        names{"run.result", "effect.prepared", "effect.applied"}
    );
}

TEST_CASE("a run that was killed while its change was written took its time once", "[delivery]") {
    delivery d;
    d.check = "sleep 2";
    const std::string run =
        d.die(GENERATE("effect_prepared", "file_replaced:2", "effect_applied", "diff_recorded:2"));
    const auto worked = time_of_work(test::recorded_in(d.i, run));
    CHECK(worked.count() >= 2000);
    CHECK(measured_time(d, run) == worked);
    const auto ended = d.i.riva({"resume", run, "--json"});
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    const auto last = test::result_in(ended);
    CHECK(last.outcome == "verified");
    CHECK(last.wall_ms < 2000);
    CHECK(measured_time(d, run) == worked + std::chrono::milliseconds(last.wall_ms));
}

TEST_CASE("what a run was to say of a change that was taken back is not said later", "[delivery]") {
    delivery d;
    const std::string run = d.die("effect_prepared");
    REQUIRE(d.i.riva({"apply", run, "--undo"}).status == 0);
    d.i.environment = {"RIVA_CRASH_AT=diff_recorded"};
    REQUIRE(d.i.riva({"resume", run}).status == 137);
    d.i.environment.clear();
    // The pass that has this change has promised nothing.
    REQUIRE(d.i.riva({"apply", run}).status == 0);
    const auto again = d.i.riva({"resume", run});
    CHECK(again.status == 2);
    CHECK_THAT(again.err, Contains("by riva apply"));
    for (const auto& e : test::recorded_in(d.i, run))
        CHECK_FALSE(std::holds_alternative<events::run_result>(e.body));
}

TEST_CASE("a run replays whoever wrote its change", "[delivery]") {
    delivery d;
    std::string run;
    SECTION("the user, later") {
        REQUIRE(d.run({}).status == 0);
        run = test::runs_in(d.i).front();
        REQUIRE(d.i.riva({"apply", run}).status == 0);
    }
    SECTION("the user, who took it back") {
        REQUIRE(d.run().status == 0);
        run = test::runs_in(d.i).front();
        REQUIRE(d.i.riva({"apply", run, "--undo"}).status == 0);
    }
    SECTION("the user, after its death") {
        run = d.die("file_replaced:2");
        REQUIRE(d.i.riva({"apply", run}).status == 0);
    }
    SECTION("the pass that went on") {
        run = d.die("file_replaced:2");
        REQUIRE(d.i.riva({"resume", run}).status == 0);
    }
    SECTION("the pass that went on from where the user took it back") {
        run = d.die("effect_prepared");
        REQUIRE(d.i.riva({"apply", run, "--undo"}).status == 0);
        REQUIRE(d.i.riva({"resume", run}).status == 0);
    }
    const auto said = d.i.riva({"replay", run});
    INFO(said.out << said.err);
    CHECK(said.status == 0);
    CHECK_THAT(said.out, Contains("all the same"));
}

TEST_CASE("a change whose content is lost is not written, and that is recorded", "[delivery]") {
    delivery d;
    REQUIRE(d.run({}).status == 0);
    const std::string run = test::runs_in(d.i).front();
    const auto object = d.i.home / "state/runs" / run / "objects" / sha256("d\n");
    REQUIRE(std::filesystem::remove(object));
    const auto refused = d.i.riva({"apply", run});
    CHECK(refused.status == 1);
    CHECK_THAT(refused.err, Contains("is missing; run the task again"));
    CHECK(d.is_as_before());
    CHECK(
        effects_in(test::recorded_in(d.i, run)) ==
        names{"run.result", "effect.prepared", "effect.undone"}
    );
}

TEST_CASE("a change stays to be applied until a resumed run has begun", "[delivery]") {
    delivery d;
    const std::string run = d.die("diff_recorded:1");
    SECTION("also when that one dies before") {
        d.i.environment = {"RIVA_CRASH_AT=journal_before_commit:1"};
        CHECK(d.i.riva({"resume", run}).status == 137);
        d.i.environment.clear();
    }
    SECTION("also when it could not begin since the user changed a file") {
        d.i.repository.write("c.txt", "of the user\n");
        CHECK(d.i.riva({"resume", run}).status != 0);
        d.i.repository.write("c.txt", "c\n");
    }
    const auto applied = d.i.riva({"apply", run});
    INFO(applied.err);
    CHECK(applied.status == 0);
    CHECK(d.is_delivered());
}
