#include "hollow_exit.hpp"

#include "catch.hpp"

#include <string>

namespace riva::verify {
namespace {

std::string judge_line(const char* line, std::string output, std::string errors) {
    judged_command said;
    said.output = std::move(output);
    said.errors = std::move(errors);
    return hollow_exit(line, said).value_or("sound");
}

std::string ended_early(const std::string& runner) {
    return "exit 0, but " + runner +
           " ended without its report: did the code under test end the process?";
}

const std::string none = "exit 0, but no test was executed";

}  // namespace

TEST_CASE("a runner of tests that ends without its report proves nothing", "[hollow_exit]") {
    for (const char* line : {
             "python3 -m unittest -q a_test",
             "cd src && python3 -I -m unittest",
             "PYTHONPATH=src timeout -k 5 60 /usr/bin/python3.11 -m unittest a.b;",
             "false || env A=b python -m unittest",
         }) {
        INFO(line);
        CHECK(judge_line(line, "", "") == ended_early("unittest"));
        CHECK(judge_line(line, "Ran 1 test in 0.1s\n\nOK\n", "") == ended_early("unittest"));
        CHECK(judge_line(line, "", "Ran 1 test in 0.1s\n\nOK\n") == "sound");
    }
    for (const char* line : {"pytest", "python3 -m pytest -x tests", ".venv/bin/pytest -q"}) {
        INFO(line);
        CHECK(judge_line(line, "", "") == ended_early("pytest"));
        CHECK(judge_line(line, "collected 2 items\n\na.py .", "") == ended_early("pytest"));
        CHECK(judge_line(line, "..             [100%]\n", "") == "sound");
        CHECK(judge_line(line, "=== 2 passed in 0.01s ===\n", "") == "sound");
    }
    CHECK(judge_line("cargo test", "running 2 tests\n", "") == ended_early("cargo test"));
    CHECK(judge_line("go test ./...", "", "") == ended_early("go test"));
    CHECK(judge_line("ctest -Q", "\n", "") == ended_early("ctest"));
    CHECK(judge_line("node --test", "", "") == ended_early("node --test"));
    CHECK(judge_line("node --test --test-reporter=dot", ".\n", "") == "sound");
}

TEST_CASE("a runner that says that it executed no test proves nothing", "[hollow_exit]") {
    CHECK(judge_line("python3 -m unittest", "", "Ran 0 tests in 0.000s\n\nOK\n") == none);
    CHECK(judge_line("./run_tests", "", "Ran 0 tests in 0.000s\n\nOK\n") == none);
    CHECK(judge_line("pytest", "=== 2 skipped in 0.01s ===\n", "") == none);
    CHECK(judge_line("ctest", "", "No tests were found!!!\n") == none);
    CHECK(judge_line("make test 2>&1", "make: 'test' is up to date.\n", "") == none);
    CHECK(judge_line("pytest | tee log", "=== no tests ran in 0.01s ===\n", "") == none);
}

TEST_CASE("any other line is taken at its exit status", "[hollow_exit]") {
    for (const char* line : {
             "true",
             "",
             " ; ",
             "grep -q pytest setup.cfg",
             "echo pytest",
             "python3 -I test_base.py",
             "python3 -m unittest a 2>/dev/null",
             "python3 -m unittest a 2>&1 | grep -q OK",
             "pytest > log",
             "node a.js",
             "go build ./...",
             "python3 -m",
         }) {
        INFO(line);
        CHECK(judge_line(line, "", "") == "sound");
        CHECK(judge_line(line, "all fine\n", "make: Nothing to be done for 'all'.\n") == "sound");
    }
}

}  // namespace riva::verify
