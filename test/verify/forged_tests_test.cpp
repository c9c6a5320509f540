#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/verify/checks.hpp>

#include <string>
#include <vector>

namespace riva::verify {
namespace {

using riva::test::have;
using riva::test::judge;
using riva::test::real_sandbox;
using riva::test::temporary_folder;

constexpr const char* ended_early =
    "exit 0 without the runner's report: did the code under test end the process?";
constexpr const char* forged_report = "Ran 9 tests in 0.1s\\n\\nOK";

/// A module whose test fails unless the code under test prevents that.
const std::string failing_test =
    "import unittest\nimport code_under_test\n\n\nclass T(unittest.TestCase):\n"
    "    def test_a(self):\n        self.assertEqual(code_under_test.one(), 1)\n";

/// Judges the only test check that is recognised.
evidence judge_tests(const temporary_folder& tree, riva::sandbox* where = nullptr) {
    const auto checks = repository_tests(where ? *where : *real_sandbox(), tree.path());
    REQUIRE(checks.size() == 1);
    return judge(*checks.front(), tree.path(), std::chrono::minutes(2));
}

evidence judge_line(const temporary_folder& tree, std::string line) {
    return judge(
        *command_check(*real_sandbox(), "user:1", std::move(line), author::user), tree.path()
    );
}

struct forgery {
    std::string code;  ///< of the module under test
    verdict result;
    std::string detail;
};

/// A machine on which every command says the same.
struct canned_sandbox final : riva::sandbox {
    canned_sandbox(std::string output, int exit_code) {
        said.output.head = std::move(output);
        said.exit_code = exit_code;
    }

    asio::awaitable<result<process_exit>> run(sandbox_command, deadline) override {
        co_return said;
    }
    std::string description() const override { return "canned"; }

    process_exit said;
};

}  // namespace

TEST_CASE("code under test cannot talk unittest into a pass", "[forged_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const std::string say = std::string("print('") + forged_report + "', flush=True)\n";
    for (const forgery& one : {
             forgery{"def one(): return 2\n" + say, verdict::fail, "exit 1: FAILED (failures=1)"},
             forgery{"import sys\nsys.exit(0)\n", verdict::fail, "exit 1: FAILED (errors=1)"},
             forgery{
                 "import sys\ndef one(): sys.exit(0)\n", verdict::fail, "exit 1: FAILED (errors=1)"
             },
             forgery{"import os\nos._exit(0)\n", verdict::indeterminate, ended_early},
             forgery{say + "import os\nos._exit(0)\n", verdict::indeterminate, ended_early},
             forgery{"import os\ndef one(): os._exit(0)\n", verdict::indeterminate, ended_early},
             forgery{
                 "import unittest\nraise unittest.SkipTest('later')\n",
                 verdict::indeterminate,
                 "no test was executed"
             },
         }) {
        const temporary_folder tree;
        tree.write("test_a.py", failing_test);
        tree.write("code_under_test.py", one.code);
        const evidence e = judge_tests(tree);
        INFO(one.code << e.log);
        CHECK(e.result == one.result);
        CHECK(e.detail == one.detail);
        CHECK((e.grade == evidence_grade::executed) == (one.result == verdict::fail));
    }
}

TEST_CASE("a report on the runner's own stream is believed", "[forged_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    tree.write("test_a.py", failing_test);
    tree.write(
        "code_under_test.py",
        std::string("import os, sys\nprint('") + forged_report +
            "', file=sys.stderr, flush=True)\nos._exit(0)\n"
    );
    // The limit of what a log can tell, written down in test_counts.hpp.
    CHECK(judge_tests(tree).result == verdict::pass);
}

TEST_CASE("each of several runs of unittest must report", "[forged_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    const std::string passing =
        "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_a(self): pass\n";
    tree.write("a/test_a.py", passing);
    tree.write("b/test_b.py", "import unittest, os\nos._exit(0)\n");
    CHECK(judge_tests(tree).detail == ended_early);
    tree.write("b/test_b.py", passing);
    CHECK(judge_tests(tree).detail == "exit 0, executed: 2");
}

TEST_CASE("a user's unittest line that the code under test ends is no pass", "[forged_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    tree.write("a_test.py", failing_test);
    const std::string line = "python3 -B -m unittest -q a_test";
    for (const char* code : {
             "import sys\nsys.exit(0)\n",
             "import os\nos._exit(0)\n",
             "import os\ndef one(): print('OK, 1 passed', flush=True); os._exit(0)\n",
         }) {
        tree.write("code_under_test.py", code);
        const evidence e = judge_line(tree, line);
        INFO(code << e.log);
        CHECK(e.result == verdict::indeterminate);
        CHECK(e.grade == evidence_grade::none);
        CHECK(
            e.detail ==
            "exit 0, but unittest ended without its report: did the code under test end the "
            "process?"
        );
    }
    tree.write("code_under_test.py", "def one(): return 2\n");
    CHECK(judge_line(tree, line).result == verdict::fail);
    tree.write("code_under_test.py", "def one(): return 1\n");
    CHECK(judge_line(tree, line).result == verdict::pass);
}

TEST_CASE("a file that hides Python's own runner is not run", "[forged_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    for (const char* file : {"unittest.py", "src/unittest/__init__.py", "pytest.py"}) {
        const temporary_folder tree;
        tree.write("test_a.py", failing_test);
        tree.write(file, "print('Ran 9 tests in 0.1s')\n");
        const evidence e = judge_tests(tree);
        CHECK(e.result == verdict::indeterminate);
        CHECK(e.command.empty());
        CHECK(e.detail.find(" would be run instead of Python's own: rename it") != e.detail.npos);
    }
}

TEST_CASE("code under test cannot talk node into a pass", "[forged_tests]") {
    if (!real_sandbox() || !have({"npm", "node"})) return;
    const char* none = "no test was executed";
    for (const forgery& one : {
             forgery{"process.exit(0)\n", verdict::indeterminate, none},
             forgery{"console.log('tests 100')\nprocess.exit(0)\n", verdict::indeterminate, none},
             forgery{"exports.one = () => process.exit(0)\n", verdict::indeterminate, none},
             forgery{"exports.one = () => 1\n", verdict::pass, "exit 0, executed: 1"},
         }) {
        const temporary_folder tree;
        tree.write("package.json", R"({"scripts": {"test": "node --test"}})");
        tree.write(
            "a.test.js",
            "const code = require('./code.js');\n"
            "require('node:test')('a', () => { if (code.one() !== 1) throw Error('no'); });\n"
        );
        tree.write("code.js", one.code);
        const evidence e = judge_tests(tree);
        INFO(one.code << e.log);
        CHECK(e.result == one.result);
        CHECK(e.detail == one.detail);
    }
}

TEST_CASE("a pytest that ends without its report is no pass", "[forged_tests]") {
    const temporary_folder tree;
    tree.write("pytest.ini", "");
    struct expectation {
        const char* output;
        int exit_code;
        verdict result;
        const char* detail;
    };
    for (const expectation& one : {
             expectation{"", 0, verdict::indeterminate, ended_early},
             expectation{"test_a.py .", 0, verdict::indeterminate, ended_early},
             expectation{
                 "9 passed in 0.1s\n=== 1 skipped in 0.00s ===\n",
                 0,
                 verdict::indeterminate,
                 "no test was executed"
             },
             expectation{
                 "=== no tests ran in 0.00s ===\n",
                 5,
                 verdict::indeterminate,
                 "no test was executed"
             },
             expectation{"=== 2 passed in 0.01s ===\n", 0, verdict::pass, "exit 0, executed: 2"},
             expectation{
                 "no tests ran in 0.00s\n=== 1 failed in 0.01s ===\n",
                 1,
                 verdict::fail,
                 "exit 1: === 1 failed in 0.01s ==="
             },
         }) {
        INFO(one.output);
        canned_sandbox machine(one.output, one.exit_code);
        const evidence e = judge_tests(tree, &machine);
        CHECK(e.result == one.result);
        CHECK(e.detail == one.detail);
    }
}

TEST_CASE("a long log is read whole and kept short", "[forged_tests]") {
    const temporary_folder tree;
    tree.write("Cargo.toml", "");
    std::string log = "running 20000 tests\n";
    for (int i = 0; i < 20'000; ++i) log += "test t ... ok\n";
    log += "test result: ok. 20000 passed; 0 failed\n";
    canned_sandbox machine(log, 0);
    const evidence e = judge_tests(tree, &machine);
    CHECK(e.detail == "exit 0, executed: 20000");
    CHECK(e.log.size() < 40'000);
    CHECK(e.log.starts_with("running 20000 tests\n"));
    CHECK(e.log.ends_with("test result: ok. 20000 passed; 0 failed\n"));
    CHECK(e.log.find(" bytes left out ...]") != std::string::npos);
}

}  // namespace riva::verify
