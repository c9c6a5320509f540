// What `riva memory` does, as a user sees it.

#include "catch.hpp"
#include "program.hpp"

#include <SQLiteCpp/Database.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <sealed_files.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::script_that_writes_add;

namespace {

std::filesystem::path database_of(const installation& i) {
    return i.home / "state" / "riva.db";
}

}  // namespace

TEST_CASE("memory says so when nothing is remembered, and makes no file", "[memory]") {
    const installation i;
    for (const auto& arguments :
         {std::vector<std::string>{"memory"}, {"memory", "list", "--json"}, {"memory", "export"}}) {
        const auto told = i.riva(arguments);
        CHECK(told.status == 0);
        CHECK(told.out.empty());
    }
    CHECK_THAT(i.riva({"memory"}).err, Contains("Nothing is remembered of"));
    CHECK(!std::filesystem::exists(database_of(i)));
}

TEST_CASE("memory adds, lists and forgets, for this repository only", "[memory]") {
    const installation i;
    const auto added =
        i.riva({"memory", "add", "No new dependencies", "--path", "src/*.py", "--path", "setup.py"}
        );
    INFO(added.err);
    CHECK(added.status == 0);
    CHECK(
        added.out == "1  decision, said by you, for src/*.py setup.py\n    No new dependencies\n"
    );
    CHECK(i.riva({"memory", "add", "--kind", "pattern", "-"}, "Tests first\n").status == 0);
    CHECK(i.riva({"memory"}).out == added.out + "2  pattern, said by you\n    Tests first\n");
    CHECK(i.riva({"memory", "--kind", "decision"}).out == added.out);

    const auto lines = i.riva({"memory", "list", "--json"}).lines();
    REQUIRE(lines.size() == 2);
    const auto line = boost::json::parse(lines.front());
    CHECK(line.at("id").as_int64() == 1);
    CHECK(line.at("by").as_string() == "user");
    CHECK(line.at("text").as_string() == "No new dependencies");
    CHECK(line.at("paths").as_array().size() == 2);

    const installation other;
    const std::string elsewhere = other.repository.path().string();
    CHECK(i.riva({"memory", "--repo", elsewhere}).out.empty());
    CHECK(i.riva({"memory", "forget", "1", "--repo", elsewhere}).status == 2);

    CHECK(i.riva({"memory", "forget", "1"}).out == "forgotten: No new dependencies\n");
    CHECK(i.riva({"memory"}).out == "2  pattern, said by you\n    Tests first\n");
    CHECK_THAT(i.riva({"memory", "list", "--all"}).out, Contains("forgotten"));
    CHECK(i.riva({"memory", "forget", "1", "--erase"}).status == 0);
    CHECK_THAT(i.riva({"memory", "list", "--all"}).out, !Contains("forgotten"));
}

TEST_CASE("memory exports what another repository imports", "[memory]") {
    const installation i;
    REQUIRE(i.riva({"memory", "add", "No new dependencies"}).status == 0);
    REQUIRE(i.riva({"memory", "add", "Old", "--path", "a"}).status == 0);
    REQUIRE(i.riva({"memory", "forget", "2"}).status == 0);
    const std::string file = (i.home / "memory.jsonl").string();
    REQUIRE(i.riva({"memory", "export", "-o", file}).status == 0);
    CHECK(i.riva({"memory", "export"}).lines().size() == 2);
    const installation other;
    const auto taken = other.riva({"memory", "import", file});
    INFO(taken.err);
    CHECK(taken.status == 0);
    CHECK(other.riva({"memory"}).out == i.riva({"memory"}).out);
    CHECK_THAT(other.riva({"memory", "list", "--all"}).out, Contains("forgotten"));
    // Once more changes nothing but how often it was said.
    CHECK(other.riva({"memory", "import"}, other.riva({"memory", "export"}).out).status == 0);
    CHECK(other.riva({"memory", "--json"}).lines().size() == 1);
}

TEST_CASE("memory learns from what the user changes of a change", "[memory]") {
    if (!have_sandbox()) return;
    const installation i;
    model_server server(script_that_writes_add());
    const auto run = [&](const std::vector<std::string>& more) {
        std::vector<std::string> all{
            "run", "write add in m.py", "--model", server.spec(), "--check", "test -f m.py"
        };
        all.insert(all.end(), more.begin(), more.end());
        return i.riva(all);
    };
    REQUIRE(i.riva({"memory", "add", "No new dependencies"}).status == 0);
    const auto first = run({"--write"});
    INFO(first.err);
    REQUIRE(first.status == 0);
    CHECK_THAT(server.journal(), Contains("No new dependencies"));
    CHECK_THAT(i.riva({"show", "2"}).out, Contains("remembers decision 1: No new dependencies"));
    CHECK(i.riva({"memory", "--kind", "correction"}).out.empty());

    i.repository.write("m.py", "def add(first, second):\n    return first + second\n");
    // Off, nothing is compared.
    run({"--set", "memory=off"});
    CHECK(i.riva({"memory", "--kind", "correction"}).out.empty());
    const auto second = run({"--json"});
    CHECK_THAT(second.out, Contains(R"("type":"memory.recorded")"));
    CHECK_THAT(second.out, Contains(R"("type":"memory.shown")"));
    const auto told = i.riva({"memory", "--kind", "correction"});
    CHECK_THAT(told.out, Contains("learnt, for m.py"));
    CHECK_THAT(told.out, Contains("+def add(first, second):"));
    CHECK_THAT(told.out, Contains("seen in run 2"));
}

TEST_CASE("memory learns that an applied change was taken back", "[memory]") {
    if (!have_sandbox()) return;
    const installation i;
    model_server server(script_that_writes_add());
    const std::vector<std::string> run{
        "run", "write add in m.py", "--model", server.spec(), "--check", "test -f m.py"
    };
    REQUIRE(i.riva(run).status == 0);
    REQUIRE(i.riva({"apply", "2"}).status == 0);
    std::filesystem::remove(i.repository / "m.py");
    REQUIRE(i.riva(run).status == 0);
    const auto told = i.riva({"memory"});
    CHECK_THAT(
        told.out,
        Contains("The whole change was taken back that riva had made for: write add in m.py")
    );
}

TEST_CASE("apply says when nothing can be learnt from what becomes of the change", "[memory]") {
    if (!have_sandbox()) return;
    const installation i;
    model_server server(script_that_writes_add());
    REQUIRE(
        i.riva({"run", "write add in m.py", "--model", server.spec(), "--check", "test -f m.py"})
            .status == 0
    );
    SQLite::Database(database_of(i).string(), SQLite::OPEN_READWRITE, 0, memory::sealed_files())
        .exec("DROP TABLE memory_watched_files");
    const auto applied = i.riva({"apply", "2"});
    CHECK(applied.status == 0);
    CHECK(std::filesystem::exists(i.repository / "m.py"));
    CHECK_THAT(applied.out, Contains("m.py"));
    CHECK_THAT(applied.err, Contains("riva: warning: ") && Contains("memory_watched_files"));
    CHECK(std::ranges::count(applied.err, '\n') == 1);
    // To take it back there is nothing to learn.
    const auto undone = i.riva({"apply", "2", "--undo"});
    CHECK(undone.status == 0);
    CHECK(undone.err.empty());
}

TEST_CASE("memory shows no control characters", "[memory][bad input]") {
    const installation i;
    const auto added = i.riva({"memory", "add", "a\x1b[31mred\x07", "--path", "x\x1b]0;t"});
    CHECK(added.status == 0);
    for (const auto& told : {added.out, i.riva({"memory"}).out, i.riva({"memory", "--json"}).out})
        for (const char c : told) CHECK((static_cast<unsigned char>(c) >= 0x20 || c == '\n'));
}

TEST_CASE("memory refuses bad input with one sentence", "[memory][bad input]") {
    const installation i;
    REQUIRE(i.riva({"memory", "add", "kept"}).status == 0);
    std::vector<std::string> arguments;
    std::string word, input;
    int status = 2;
    SECTION("an unknown entry") {
        arguments = {"memory", "forget", "99"};
        word = "no entry 99";
    }
    SECTION("an empty text") {
        arguments = {"memory", "add", "  "};
        word = "no text";
    }
    SECTION("an unknown kind") {
        arguments = {"memory", "add", "--kind", "law", "x"};
        word = "no kind 'law'";
    }
    SECTION("an unknown kind to list") {
        arguments = {"memory", "list", "--kind", "law"};
        word = "no kind 'law'";
    }
    SECTION("a text of megabytes") {
        arguments = {"memory", "add", "-"};
        input = std::string(5 << 20, 'x');
        word = "bytes; write at most 4096";
    }
    SECTION("an absolute path") {
        arguments = {"memory", "add", "x", "--path", "/etc/passwd"};
        word = "relative to the repository";
    }
    SECTION("no repository") {
        arguments = {"memory", "--repo", "/does/not/exist"};
        word = "/does/not/exist";
    }
    SECTION("an import that is no JSON") {
        arguments = {"memory", "import"};
        input = i.riva({"memory", "export"}).out + "{\n";
        word = "Line 2 cannot be imported, and nothing was";
    }
    SECTION("an import of learnt text without evidence") {
        arguments = {"memory", "import"};
        input = R"({"kind":"pattern","by":"learnt","text":"x"})";
        word = "no evidence";
    }
    SECTION("a file that is no database") {
        i.home.write("state/riva.db", std::string(5000, 'x'));
        arguments = {"memory"};
        word = "damaged";
        status = 1;
    }
    const auto told = i.riva(arguments, input);
    CHECK(told.status == status);
    CHECK(told.out.empty());
    CHECK(told.err.starts_with("riva: "));
    CHECK_THAT(told.err, Contains(word));
    CHECK(told.lines().empty());
}
