// Tests that the actor could have edited do not decide alone.

#include "catch.hpp"
#include "world.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::propose;
using riva::test::script_of;
using riva::test::world;

namespace {

const std::string good = "def add(a, b):\n    return a + b\n";
const std::string wrong = "def add(a, b):\n    return a - b\n";

std::string unittest_of(const std::string& name, const std::string& assertion) {
    return "import unittest\nimport m\n\n\nclass T(unittest.TestCase):\n    def test_" + name +
           "(self):\n        self.assert" + assertion + "\n";
}

const std::string honest = unittest_of("sum", "Equal(m.add(1, 2), 3)");
const std::string rigged = unittest_of("sum", "Equal(m.add(1, 2), -1)");

/// Does several things in one command, as an actor with a shell can.
std::string run_python(const std::string& code) {
    return propose(run_command{{"python3", "-c", code}, ""});
}
std::string write(const std::string& path, const std::string& content) {
    std::string quoted;
    for (const char c : content)
        quoted += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\'' ? "\\'" : std::string(1, c);
    return "import os; os.makedirs(os.path.dirname('" + path + "') or '.', exist_ok=True); open('" +
           path + "', 'w').write('" + quoted + "')\n";
}

struct expected {
    std::string outcome;
    std::string before;  ///< verdict of the check with the tests as they were; empty: not run
};

std::string judged_before(const world& w) {
    std::string found;
    for (const auto& each : w.seen<events::check_ended>())
        if (each.evidence.check.ends_with(":before")) found = to_string(each.evidence.result);
    return found;
}

void expect(world& w, agents::task job, const expected& want) {
    const auto ended = w.run(std::move(job));
    REQUIRE(ended.has_value());
    CHECK(ended->result.outcome == want.outcome);
    CHECK(judged_before(w) == want.before);
    CHECK((ended->result.grade == evidence_grade::none) == (want.outcome != "verified"));
}

}  // namespace

TEST_CASE("a test that the actor bent to its code verifies nothing", "[edited_tests]") {
    if (!have_sandbox()) return;
    const std::vector<std::string> checks =
        GENERATE(values<std::vector<std::string>>({{}, {"python3 -m unittest"}}));
    world w(
        script_of({run_python(write("m.py", wrong) + write("test_m.py", rigged))}),
        {{"m.py", "def add(a, b):\n    return 0\n"}, {"test_m.py", honest}}
    );
    expect(w, w.task("make add work", checks), {"unverified", "indeterminate"});
}

TEST_CASE("a test that the actor deleted or switched off still counts", "[edited_tests]") {
    if (!have_sandbox()) return;
    const std::string other = unittest_of("zero", "Equal(m.add(0, 0), 0)");
    const std::string trick = GENERATE_COPY(values<std::string>(
        {"import os; os.remove('tests/test_m.py')\n",
         "import os; os.rename('tests/test_m.py', 'tests/m.txt')\n",
         "import unittest\n" +
             write("tests/test_m.py", "import unittest\\nraise unittest.SkipTest()"),
         write("tests/test_m.py", "")}
    ));
    world w(
        script_of({propose(run_command{{"python3", "do.py"}, ""})}),
        {{"m.py", "def add(a, b):\n    return 0\n"},
         {"do.py", write("m.py", wrong) + trick},
         {"tests/test_m.py", honest},
         {"tests/test_z.py", other},
         {"tests/__init__.py", ""}}
    );
    expect(w, w.task("make add work"), {"unverified", "indeterminate"});
}

TEST_CASE("a test that the actor added beside passing ones is welcome", "[edited_tests]") {
    if (!have_sandbox()) return;
    const std::vector<std::string> checks =
        GENERATE(values<std::vector<std::string>>({{}, {"python3 -m unittest"}}));
    const std::string longer =
        honest + "\n    def test_zero(self):\n        self.assertEqual(m.add(0, 0), 0)\n";
    world w(
        script_of({run_python(write("m.py", good) + write("test_m.py", longer))}),
        {{"m.py", wrong}, {"test_m.py", honest}}
    );
    expect(w, w.task("make add work", checks), {"verified", "pass"});
}

TEST_CASE("tests that only the actor wrote verify nothing", "[edited_tests]") {
    if (!have_sandbox()) return;
    const std::vector<std::string> checks =
        GENERATE(values<std::vector<std::string>>({{}, {"python3 -m unittest"}}));
    world w(
        script_of({run_python(write("m.py", wrong) + write("test_m.py", rigged))}),
        {{"m.py", "x = 1\n"}}
    );
    expect(w, w.task("write add in m.py, with tests", checks), {"unverified", "indeterminate"});
}

TEST_CASE("a user's check may name a test that is yet to be written", "[edited_tests]") {
    if (!have_sandbox()) return;
    const std::string check = GENERATE(values<std::string>(
        {"python3 -m unittest tests.test_m",
         "python3 -B tests/test_m.py",
         "cd tests && python3 -m unittest test_m"}
    ));
    const std::string imports = "import sys\nsys.path[:0] = ['.', '..']\n";
    const std::string main = "\n\nif __name__ == '__main__':\n    unittest.main()\n";
    world w(
        script_of({propose(run_command{{"python3", "do.py"}, ""})}),
        {{"m.py", "x = 1\n"},
         {"do.py",
          write("m.py", good) + write("tests/__init__.py", "") +
              write("tests/test_m.py", imports + honest + main)}}
    );
    expect(w, w.task("write add, with a test", {check}), {"verified", ""});
}

TEST_CASE("a change that leaves the tests alone is checked once", "[edited_tests]") {
    if (!have_sandbox()) return;
    world w(script_of({run_python(write("m.py", good))}), {{"m.py", wrong}, {"test_m.py", honest}});
    expect(w, w.task("make add work"), {"verified", ""});
}

TEST_CASE("a runner of tests that the actor redefined verifies nothing", "[edited_tests]") {
    if (!have_sandbox()) return;
    struct redefinition {
        const char* file;
        std::string before;
        std::string after;
    };
    const auto how = GENERATE(values<redefinition>({
        {"Makefile", "test:\n\tgrep -q right a.txt && echo 3 checks\n", "test:\n\techo 3 checks\n"},
        {"package.json",
         "{\"scripts\": {\"test\": \"grep -q right a.txt && echo 3 passing\"}}",
         "{\"scripts\": {\"test\": \"echo 3 passing\"}}"},
    }));

    world w(
        script_of({run_python(write("a.txt", "wrong") + write(how.file, how.after))}),
        {{"a.txt", "?"}, {how.file, how.before}}
    );
    INFO(how.file);
    expect(w, w.task("put the right word in a.txt"), {"unverified", "indeterminate"});
}

TEST_CASE("a module that stands in for Python's runner verifies nothing", "[edited_tests]") {
    if (!have_sandbox()) return;
    const std::string forged = "import sys\nprint(\"Ran 9 tests in 0.1s\", file=sys.stderr)\n";
    world w(
        script_of({run_python(write("m.py", wrong) + write("unittest.py", forged))}),
        {{"m.py", "x = 1\n"}, {"test_m.py", honest}}
    );
    expect(w, w.task("write add", {"python3 -m unittest"}), {"unverified", "indeterminate"});
}

TEST_CASE("the tree is left with the actor's tests, not the earlier ones", "[edited_tests]") {
    if (!have_sandbox()) return;
    world w(
        script_of({run_python(write("m.py", wrong) + write("test_m.py", rigged))}),
        {{"m.py", "def add(a, b):\n    return 0\n"}, {"test_m.py", honest}}
    );
    const auto ended = w.run(w.task("make add work"));
    REQUIRE(ended.has_value());
    CHECK(ended->result.files == std::vector<std::string>{"m.py", "test_m.py"});
    CHECK(ended->diff.find("m.add(1, 2), -1") != std::string::npos);
}
