// What `riva trust` says, as a user sees it.

#include "catch.hpp"
#include "program.hpp"
#include "world.hpp"

#include <SQLiteCpp/Database.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <filesystem>

using namespace riva;
using Catch::Contains;
using riva::test::ended_program;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::script_that_writes_add;

namespace {

void change(const std::filesystem::path& file, const std::string& sql) {
    std::filesystem::create_directories(file.parent_path());
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec(sql);
}

std::filesystem::path database_of(const installation& i) {
    return i.home / "state" / "riva.db";
}

/// One run that is verified.
void run_once(const installation& i) {
    const model_server server(script_that_writes_add());
    const auto ran =
        i.riva({"run", "write add in m.py", "--model", server.spec(), "--check", "test -f m.py"});
    INFO(ran.err);
    REQUIRE(ran.status == 0);
}

}  // namespace

TEST_CASE("trust says so when nothing is recorded yet, and makes no file", "[trust]") {
    const installation i;
    const auto told = i.riva({"trust"});
    CHECK(told.status == 0);
    CHECK_THAT(told.out, Contains("mode certified"));
    CHECK_THAT(told.err, Contains("Nothing is recorded yet"));
    CHECK(!std::filesystem::exists(database_of(i)));
    CHECK(i.riva({"trust", "--json"}).out.empty());
}

TEST_CASE("trust tells what runs have taught, for this repository only", "[trust]") {
    if (!have_sandbox()) return;
    const installation i;
    run_once(i);
    const auto told = i.riva({"trust", "--verbose"});
    CHECK(told.status == 0);
    CHECK_THAT(
        told.out,
        Contains("judged by test -f m.py") && Contains("low risk:") && Contains("account theta") &&
            Contains("clean in a row")
    );
    const auto lines = i.riva({"trust", "--json"}).lines();
    REQUIRE(lines.size() == 1);
    const auto line = boost::json::parse(lines.front());
    CHECK(line.at("judges").as_string() == "test -f m.py");
    std::int64_t delivered = 0;
    for (const auto& c : line.at("classes").as_array()) {
        delivered += c.at("delivered").as_int64();
        CHECK(c.at("accounts").as_array().size() == 7);
    }
    CHECK(delivered >= 1);

    const installation other;
    const auto elsewhere = i.riva({"trust", "--repo", other.repository.path().string()});
    CHECK_THAT(elsewhere.err, Contains("Nothing is recorded yet"));
}

TEST_CASE("trust divides the bound by what canaries have measured", "[trust][canaries]") {
    if (!have_sandbox()) return;
    const installation i;
    const std::string code = "def less(a, b):\n    return a < b and a + 1 < b + 1 and a != b\n";
    const model_server server(riva::test::script_of({riva::test::propose(create_file{"m.py", code})}
    ));
    const auto ran = i.riva(
        {"run",
         "write less in m.py",
         "--model",
         server.spec(),
         "--check",
         "true",
         "--set",
         "verify.canaries=6"}
    );
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    const auto shown = i.riva({"show", "2"});  // its name begins with the year
    CHECK_THAT(
        shown.out, Contains("canaries    the checks caught 0 of 6 faults put in on purpose")
    );
    const auto told = i.riva({"trust"});
    CHECK_THAT(
        told.out,
        Contains("sensitivity 0.12, measured: 0 of 6 faults put in on purpose were caught")
    );
    const auto line = boost::json::parse(i.riva({"trust", "--json"}).lines().front());
    CHECK(line.at("canaries").at("tried").as_int64() == 6);
    CHECK(line.at("settings").at("sensitivity").as_double() == Approx(1.0 / 8));
    for (const auto& c : line.at("classes").as_array())
        CHECK(
            c.at("bound_with_misses").to_number<double>() ==
            Approx(c.at("bound").to_number<double>() * 8)
        );
}

TEST_CASE("a run that is killed among its canaries goes on and counts them once", "[canaries]") {
    if (!have_sandbox()) return;
    const installation i;
    const std::string code = "def less(a, b):\n    return a < b and a + 1 < b + 1 and a != b\n";
    const model_server server(riva::test::script_of({riva::test::propose(create_file{"m.py", code})}
    ));
    const auto killed = i.shell(
        "\"$RIVA\" run 'write less in m.py' --json --set verify.canaries=6 --check 'sleep 0.2' "
        "--model '" +
        server.spec() +
        "' > \"$HOME/out\" & "
        "for i in $(seq 400); do grep -q verify.canary \"$HOME/out\" && break; sleep 0.05; done; "
        "kill -9 $!; wait $!; grep -c verify.canary \"$HOME/out\""
    );
    INFO(killed.out << killed.err);
    REQUIRE(killed.out.find_first_of("12345") == 0);
    const auto ended = i.riva({"resume", "2", "--json"});
    INFO(ended.err);
    REQUIRE(ended.status == 0);
    const auto result = riva::test::result_in(ended);
    CHECK(result.outcome == "verified");
    CHECK(result.verification.canaries == 6);
    const auto line = boost::json::parse(i.riva({"trust", "--json"}).lines().front());
    CHECK(line.at("canaries").at("tried").as_int64() == 6);
}

TEST_CASE("trust refuses bad input with one sentence", "[trust][bad input]") {
    const installation i;
    std::vector<std::string> arguments{"trust"};
    std::string word;
    int status = 2;
    SECTION("a database of another program") {
        change(database_of(i), "CREATE TABLE notes (x)");
        word = "another program";
    }
    SECTION("a database of a newer riva") {
        change(database_of(i), "PRAGMA application_id = 0x72697661; PRAGMA user_version = 99");
        word = "newer riva";
    }
    SECTION("a file that is no database") {
        i.home.write("state/riva.db", std::string(5000, 'x'));
        word = "damaged";
        status = 1;
    }
    SECTION("no repository") {
        arguments = {"trust", "--repo", "/does/not/exist"};
        word = "/does/not/exist";
    }
    SECTION("settings that cannot be right together") {
        arguments = {"trust", "--set", "trust.least_audit=0.9"};
        word = "audits";
    }
    const auto told = i.riva(arguments);
    CHECK(told.status == status);
    CHECK(told.out.empty());
    CHECK(told.err.starts_with("riva: "));
    CHECK_THAT(told.err, Contains(word));
}
