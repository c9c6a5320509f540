// What `riva metrics` says, as a user sees it.

#include "catch.hpp"
#include "program.hpp"

#include <SQLiteCpp/Database.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <sealed_files.hpp>

#include <filesystem>

using namespace riva;
using Catch::Contains;
using riva::test::ended_program;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::script_that_writes_add;

namespace {

/// A run that gets there after so many wrong attempts, and its name.
std::string run_once(const installation& i, int wrong, std::vector<std::string> more = {}) {
    const model_server server(script_that_writes_add(wrong));
    std::vector<std::string> words{
        "run",
        "write add in m.py",
        "--json",
        "--model",
        server.spec(),
        "--check",
        "python3 -c 'import m; assert m.add(1, 2) == 3'"
    };
    words.insert(words.end(), more.begin(), more.end());
    const auto ran = i.riva(std::move(words));
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    return std::string(boost::json::parse(ran.lines().back()).at("run").as_string());
}

boost::json::value last_line(const ended_program& p) {
    INFO(p.err);
    REQUIRE(p.status == 0);
    REQUIRE_FALSE(p.lines().empty());
    return boost::json::parse(p.lines().back());
}

}  // namespace

TEST_CASE("metrics say so when nothing was ever run, and make no file", "[metrics]") {
    const installation i;
    const auto told = i.riva({"metrics"});
    CHECK(told.status == 0);
    CHECK(told.out.empty());
    CHECK_THAT(told.err, Contains("No run has been recorded"));
    CHECK(!std::filesystem::exists(i.home / "state" / "riva.db"));
    CHECK(i.riva({"metrics", "20200101"}).status == 2);
}

TEST_CASE("metrics tell what runs took, and what that is on average", "[metrics]") {
    if (!have_sandbox()) return;
    const installation i;
    const auto first = run_once(i, 0), second = run_once(i, 1);
    const auto told = i.riva({"metrics"});
    CHECK(told.status == 0);
    CHECK_THAT(
        told.out,
        Contains(first) && Contains(second) && Contains("2 run(s)") &&
            Contains("100 % verified, 50 % right at the first attempt, 100 % at the first try") &&
            Contains("1.5 calls")
    );
    const auto average = last_line(i.riva({"metrics", "--json"}));
    CHECK(average.at("runs").as_int64() == 2);
    CHECK(average.at("average").at("calls").as_double() == 1.5);
    CHECK(average.at("average").at("retries").as_double() == 0.5);
    CHECK(average.at("average").at("first_try").as_int64() == 1);
    CHECK(i.riva({"metrics", "--last", "1", "--json"}).lines().size() == 2);
    const installation other;
    const auto elsewhere = i.riva({"metrics", "--repo", other.repository.path().string()});
    CHECK(elsewhere.status == 0);
    CHECK_THAT(elsewhere.err, Contains("There is no run to measure."));
    CHECK(
        i.riva({"metrics", "--repo", i.repository.path().string(), "--json"}).lines().size() == 3
    );
}

TEST_CASE("metrics of one run show its intentions, its calls and its checks", "[metrics]") {
    if (!have_sandbox()) return;
    const installation i;
    const auto id = run_once(i, 1);
    CHECK_THAT(
        i.riva({"metrics", id}).out,
        Contains("write add in m.py") && Contains("riva_action") && Contains("behavioural") &&
            Contains("strategies optimized")
    );
    const auto line = last_line(i.riva({"metrics", id, "--json"}));
    CHECK(line.at("run").as_string() == id);
    CHECK(line.at("outcome").as_string() == "verified");
    CHECK(line.at("figures").at("calls").as_int64() == 2);
    CHECK(line.at("intentions").as_array().size() == 1);
    CHECK(line.at("work").at("calls").at(0).at("calls").as_int64() == 2);
    const auto wrong = i.riva({"metrics", "nothing"});
    CHECK(wrong.status == 2);
    CHECK_THAT(wrong.err, Contains("There is no run 'nothing'"));
}

TEST_CASE("metrics set two runs or two groups of them side by side", "[metrics]") {
    if (!have_sandbox()) return;
    const installation i;
    const auto good = run_once(i, 0), poor = run_once(i, 1, {"--strategies", "baseline"});
    const auto calls_of = [](const boost::json::value& line) {
        for (const auto& each : line.at("figures").as_array())
            if (each.at("name").as_string() == "calls") return each;
        return boost::json::value();
    };
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"metrics", "--json", "--compare", good, poor},
             {"metrics", "--json", "--compare", "strategies=optimized", "strategies=baseline"},
             {"metrics", "--json", "--compare", good, "trust.mode=off"}
         }) {
        const auto calls = calls_of(last_line(i.riva(words)));
        CHECK(calls.at("a").as_int64() == 1);
        CHECK(calls.at("b").as_int64() == 2);
        CHECK(calls.at("difference_percent").as_int64() == 100);
    }
    CHECK_THAT(i.riva({"metrics", "--compare", good, poor}).out, Contains("+100 %"));
    const auto none = i.riva({"metrics", "--compare", good, "agent=fixer"});
    CHECK(none.status == 2);
    CHECK_THAT(none.err, Contains("None of the last 2 runs has agent=fixer"));
    CHECK(i.riva({"metrics", "--compare", good}).status == 2);
}

TEST_CASE("metrics are grouped by model, repository, risk and strategies", "[metrics]") {
    if (!have_sandbox()) return;
    const installation i;
    run_once(i, 1);
    const auto model = last_line(i.riva({"metrics", "--by", "model", "--json"}));
    CHECK(model.at("calls").as_int64() == 2);
    const auto risk = last_line(i.riva({"metrics", "--by", "risk", "--json"}));
    CHECK(risk.at("risk").as_string() == "low");
    CHECK(risk.at("verified").as_int64() == 2);
    CHECK(risk.at("failed").as_int64() == 1);
    const auto where = last_line(i.riva({"metrics", "--by", "repository", "--json"}));
    CHECK(where.at("repository").as_string() == i.repository.path().string());
    for (const char* key : {"model", "repository", "risk", "strategies"})
        CHECK(i.riva({"metrics", "--by", key}).out.starts_with(key));
    CHECK(i.riva({"metrics", "--by", "weather"}).status == 2);
}

TEST_CASE("metrics tell how changes of each pattern came out", "[metrics][pattern]") {
    if (!have_sandbox()) return;
    const installation i;
    const auto unknown = i.riva({"metrics", "--by", "pattern"});
    CHECK(unknown.status == 0);
    CHECK_THAT(unknown.err, Contains("Nothing is known yet"));
    run_once(i, 1);
    run_once(i, 0, {"--set", "memory=off"});
    CHECK_THAT(i.riva({"metrics", "--by", "pattern"}).out, Contains("create python source short"));
    const auto line = last_line(i.riva({"metrics", "--by", "pattern", "--json"}));
    CHECK(line.at("attempts").as_int64() == 2);
    CHECK(line.at("failures").as_int64() == 1);
    CHECK(line.at("mean").as_double() == Approx(0.5));
    CHECK(line.at("advice").as_string() == "none");
    const installation other;
    const auto elsewhere =
        i.riva({"metrics", "--by", "pattern", "--repo", other.repository.path().string()});
    CHECK_THAT(elsewhere.err, Contains("Nothing is known yet"));
}

TEST_CASE("a run that is damaged is named, and left out of the averages", "[metrics]") {
    if (!have_sandbox()) return;
    const installation i;
    const auto bad = run_once(i, 0);
    const auto good = run_once(i, 1);
    const auto file = (i.home / "state" / "riva.db").string();
    SQLite::Database(file, SQLite::OPEN_READWRITE, 0, memory::sealed_files())
        .exec("UPDATE events SET json = replace(json, 'm.py', 'n.py') WHERE run = '" + bad + "'");
    const auto told = i.riva({"metrics", "--json"});
    CHECK_THAT(told.err, Contains(bad) && Contains("damaged") && Contains("It is left out."));
    CHECK(last_line(told).at("runs").as_int64() == 1);
    CHECK(told.lines().size() == 2);
    CHECK(i.riva({"metrics", bad}).status == 1);
}
