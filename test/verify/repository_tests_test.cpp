#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/verify/checks.hpp>

#include <filesystem>
#include <string>

namespace fs = std::filesystem;
using riva::evidence;
using riva::evidence_grade;
using riva::verdict;
using riva::test::have;
using riva::test::judge;
using riva::test::real_sandbox;
using riva::test::temporary_folder;
using riva::verify::repository_tests;

namespace {

constexpr const char* passing_unittest =
    "import unittest\n\n\nclass T(unittest.TestCase):\n"
    "    def test_a(self):\n        self.assertEqual(1, 1)\n";
constexpr const char* failing_unittest =
    "import unittest\n\n\nclass T(unittest.TestCase):\n"
    "    def test_a(self):\n        print('OK')\n        self.assertEqual(1, 2)\n";

std::vector<std::string> ids(const fs::path& root) {
    const auto box = riva::make_open_sandbox();
    std::vector<std::string> found;
    for (const auto& check : repository_tests(*box, root)) found.push_back(check->traits().id);
    return found;
}

/// Judges the only test check that is recognised.
evidence judge_tests(const temporary_folder& tree) {
    const auto checks = repository_tests(*real_sandbox(), tree.path());
    REQUIRE(checks.size() == 1);
    return judge(*checks.front(), tree.path(), std::chrono::minutes(2));
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a repository without tests has no test checks", "[repository_tests]") {
    const temporary_folder tree;
    CHECK(ids(tree.path()).empty());
    CHECK(ids(tree / "missing").empty());
    tree.write("a.py", "import unittest\n");
    tree.write(
        "package.json", R"({"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}})"
    );
    tree.write("CMakeLists.txt", "project(a)\n");
    tree.write("Makefile", "all:\n\ttrue\n");
    tree.write("node_modules/x/test_a.py", passing_unittest);
    CHECK(ids(tree.path()).empty());
}

TEST_CASE("tests are recognised by what is in the repository", "[repository_tests]") {
    const temporary_folder tree;
    tree.write("tests/test_a.py", passing_unittest);
    tree.write("package.json", R"({"scripts": {"test": "node --test"}})");
    tree.write("CMakeLists.txt", "project(a)\nENABLE_TESTING()\n");
    tree.write("Cargo.toml", "");
    tree.write("go.mod", "");
    tree.write("Makefile", "test:\n\ttrue\n");
    CHECK(
        ids(tree.path()) ==
        strings{"tests:unittest", "tests:npm", "tests:ctest", "tests:cargo", "tests:go"}
    );
    const auto box = riva::make_open_sandbox();
    for (const auto& check : repository_tests(*box, tree.path())) {
        CHECK(check->traits().layer == riva::layer::behavioural);
        CHECK(check->traits().author == riva::author::repository);
    }
}

TEST_CASE("a makefile is asked when nothing else is recognised", "[repository_tests]") {
    for (const char* rule : {"check:\n", "all test: build\n", "test :\n"}) {
        const temporary_folder tree;
        tree.write("Makefile", rule);
        CHECK(ids(tree.path()) == strings{"tests:make"});
    }
    for (const char* rule : {"test := 1\n", "tests:\n", "\ttest:\n", "# test:\n"}) {
        const temporary_folder tree;
        tree.write("Makefile", rule);
        CHECK(ids(tree.path()).empty());
    }
}

TEST_CASE("pytest is recognised by configuration and by style", "[repository_tests]") {
    const std::vector<std::pair<const char*, const char*>> signs{
        {"pytest.ini", ""},
        {"pyproject.toml", "[tool.pytest.ini_options]\n"},
        {"setup.cfg", "[tool:pytest]\n"},
        {"tox.ini", "[pytest]\n"},
        {"tests/conftest.py", ""},
        {"tests/test_a.py", "import pytest\n"},
        {"test_b.py", "def test_b():\n    assert 1\n"},
    };
    for (const auto& [file, content] : signs) {
        const temporary_folder tree;
        tree.write(file, content);
        CHECK(ids(tree.path()) == strings{"tests:pytest"});
    }
}

TEST_CASE("unittest is run where its tests are", "[repository_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    struct layout {
        const char* file;
        const char* package;  ///< a file that makes a package of the folder
        const char* command;
    };
    for (const layout& one : {
             layout{"test_a.py", nullptr, "python3 -B -m unittest discover"},
             layout{"a_test.py", nullptr, "python3 -B -m unittest discover -p '*_test.py'"},
             layout{"tests/test_a.py", nullptr, "python3 -B -m unittest discover -s tests"},
             layout{
                 "tests/test_a.py",
                 "tests/__init__.py",
                 "python3 -B -m unittest discover -s tests -t ."
             },
             layout{
                 "my tests/unit/a_test.py",
                 nullptr,
                 "python3 -B -m unittest discover -s 'my tests/unit' -p '*_test.py'"
             },
         }) {
        const temporary_folder tree;
        tree.write(one.file, std::string("import code_under_test\n") + passing_unittest);
        tree.write("code_under_test.py", "");
        if (one.package) tree.write(one.package, "");
        const evidence e = judge_tests(tree);
        INFO(e.log);
        CHECK(e.check == "tests:unittest");
        CHECK(e.command == one.command);
        CHECK(e.result == verdict::pass);
        CHECK(e.grade == evidence_grade::executed);
        CHECK(e.author == riva::author::repository);
        CHECK(e.detail == "exit 0, executed: 1");
        CHECK(!fs::exists(tree / "__pycache__"));
    }
}

TEST_CASE("unittest runs once for tests that reach one another", "[repository_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    tree.write("tests/__init__.py", "");
    tree.write("tests/test_a.py", passing_unittest);
    tree.write("tests/deep/__init__.py", "");
    tree.write("tests/deep/test_b.py", passing_unittest);
    tree.write("other/c_test.py", passing_unittest);
    tree.write("src/code_under_test.py", "");
    tree.write("other/test_d.py", std::string("import code_under_test\n") + passing_unittest);
    const evidence e = judge_tests(tree);
    INFO(e.log);
    CHECK(e.result == verdict::pass);
    CHECK(e.detail == "exit 0, executed: 4");
    const std::string each = "PYTHONPATH=src python3 -B -m unittest discover -s ";
    CHECK(
        e.command == each + "other && " + each + "other -p '*_test.py' && " + each + "tests -t ."
    );
}

TEST_CASE("a failing unittest fails whatever it prints", "[repository_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    tree.write("test_a.py", failing_unittest);
    const evidence e = judge_tests(tree);
    CHECK(e.result == verdict::fail);
    CHECK(e.grade == evidence_grade::executed);
    CHECK(e.exit_code == 1);
    CHECK(e.detail == "exit 1: FAILED (failures=1)");
    CHECK(e.log.find("AssertionError: 1 != 2") != std::string::npos);
}

TEST_CASE("unittest without a test that was executed is indeterminate", "[repository_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    for (const char* content : {
             "import unittest\n",
             "import unittest\nclass T(unittest.TestCase):\n    @unittest.skip('')\n"
             "    def test_a(self): pass\n",
         }) {
        const temporary_folder tree;
        tree.write("test_a.py", content);
        const evidence e = judge_tests(tree);
        INFO(e.log);
        CHECK(e.result == verdict::indeterminate);
        CHECK(e.grade == evidence_grade::none);
        CHECK(e.detail == "no test was executed");
    }
}

TEST_CASE("pytest is run, or unittest in its place, or neither", "[repository_tests]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const bool installed = fs::exists("/usr/lib/python3/dist-packages/pytest");
    temporary_folder tree;
    tree.write("pytest.ini", "[pytest]\n");
    tree.write("test_a.py", passing_unittest);
    evidence e = judge_tests(tree);
    INFO(e.log);
    CHECK(e.check == "tests:pytest");
    CHECK(e.result == verdict::pass);
    CHECK(
        e.command == (installed
                          ? "python3 -B -m pytest --verbosity=0 --color=no -p no:cacheprovider"
                          : "python3 -B -m unittest discover")
    );

    const temporary_folder only_pytest;
    only_pytest.write("test_a.py", "def test_a():\n    assert True\n");
    e = judge_tests(only_pytest);
    CHECK(e.result == (installed ? verdict::pass : verdict::indeterminate));
    if (!installed)
        CHECK(e.detail == "pytest is not installed where commands run: apt install python3-pytest");
}

TEST_CASE("npm runs the test script of package.json", "[repository_tests]") {
    if (!real_sandbox() || !have({"npm", "node"})) return;
    struct expectation {
        const char* script;
        verdict result;
        const char* detail;
    };
    for (const expectation& one : {
             expectation{"node --test", verdict::pass, "exit 0, executed: 1"},
             expectation{"node says.js", verdict::pass, "exit 0"},
             expectation{
                 "node a.js",
                 verdict::indeterminate,
                 "exit 0, but nothing was printed: give the command as a check if its exit status "
                 "tells enough"
             },
             expectation{"echo ok; exit 3", verdict::fail, "exit 3: ok"},
             expectation{"node --test empty", verdict::indeterminate, "no test was executed"},
             expectation{
                 "jest",
                 verdict::indeterminate,
                 "jest is not installed where commands run: install it below /usr, where isolated "
                 "commands see it"
             },
         }) {
        INFO(one.script);
        const temporary_folder tree;
        tree.write("package.json", std::string(R"({"scripts": {"test": ")") + one.script + "\"}}");
        tree.write("a.js", "");
        tree.write("says.js", "console.log('all is well');\n");
        tree.write("empty/readme.md", "");
        tree.write("a.test.js", "require('node:test')('a', () => {});\n");
        const evidence e = judge_tests(tree);
        INFO(e.log);
        CHECK(e.result == one.result);
        CHECK(e.detail == one.detail);
        CHECK(e.command == "npm test --silent");
    }
}

TEST_CASE("npm tests that fail for want of packages are indeterminate", "[repository_tests]") {
    if (!real_sandbox() || !have({"npm", "node"})) return;
    const temporary_folder tree;
    tree.write(
        "package.json", R"({"dependencies": {"left-pad": "1"}, "scripts": {"test": "node a.js"}})"
    );
    tree.write("a.js", "require('left-pad');\n");
    CHECK(judge_tests(tree).result == verdict::indeterminate);
    tree.write("a.js", "require('fs');\nconsole.log('fine');\n");
    CHECK(judge_tests(tree).result == verdict::pass);
}

TEST_CASE("ctest configures, builds and tests outside of the tree", "[repository_tests]") {
    if (!real_sandbox() || !have({"cmake", "ctest", "gcc", "make"})) return;
    const std::string head =
        "cmake_minimum_required(VERSION 3.16)\nproject(p C)\nenable_testing()\n";
    const std::string test = head + "add_executable(t t.c)\nadd_test(NAME t COMMAND t)\n";
    struct expectation {
        std::string lists;
        const char* source;
        verdict result;
    };
    for (const expectation& one : {
             expectation{test, "int main(void) { return 0; }\n", verdict::pass},
             expectation{test, "int main(void) { return 1; }\n", verdict::fail},
             expectation{test, "int main(void) { return x; }\n", verdict::fail},
             expectation{head, "", verdict::indeterminate},
             expectation{
                 test + "set_tests_properties(t PROPERTIES SKIP_RETURN_CODE 77)\n",
                 "int main(void) { return 77; }\n",
                 verdict::indeterminate
             },
             expectation{
                 test + "set_tests_properties(t PROPERTIES DISABLED TRUE)\n",
                 "int main(void) { return 0; }\n",
                 verdict::indeterminate
             },
             expectation{head + "find_package(Nothing REQUIRED)\n", "", verdict::indeterminate},
             expectation{head + "syntax error\n", "", verdict::fail},
         }) {
        const temporary_folder tree;
        tree.write("CMakeLists.txt", one.lists);
        tree.write("t.c", one.source);
        const auto before = riva::test::tree_of(tree.path());
        const evidence e = judge_tests(tree);
        INFO(e.log);
        CHECK(e.result == one.result);
        CHECK(riva::test::tree_of(tree.path()) == before);
    }
}

TEST_CASE("make runs the test target", "[repository_tests]") {
    if (!real_sandbox() || !have({"make"})) return;
    struct expectation {
        const char* makefile;
        verdict result;
    };
    for (const expectation& one : {
             expectation{"test:\n\t@echo fine\n", verdict::pass},
             expectation{"test:\n\t@echo PASS; exit 1\n", verdict::fail},
             expectation{"test:\n", verdict::indeterminate},
             expectation{"test:\n\t@true\n", verdict::indeterminate},
             expectation{"test:\n\ttrue\n", verdict::pass},
             expectation{"test:\n\t@frobnicate\n", verdict::indeterminate},
             expectation{"check:\n\t@echo 'no tests ran in 0.01s'\n", verdict::indeterminate},
         }) {
        const temporary_folder tree;
        tree.write("Makefile", one.makefile);
        const evidence e = judge_tests(tree);
        INFO(one.makefile << e.log);
        CHECK(e.result == one.result);
    }
}

TEST_CASE("cargo and go are indeterminate where they are not installed", "[repository_tests]") {
    if (!real_sandbox()) return;
    for (const auto& [file, tool] : {std::pair{"Cargo.toml", "cargo"}, {"go.mod", "go"}}) {
        if (fs::exists(fs::path("/usr/bin") / tool)) continue;
        const temporary_folder tree;
        tree.write(file, "");
        const evidence e = judge_tests(tree);
        CHECK(e.result == verdict::indeterminate);
        CHECK(e.detail.find(std::string(tool) + " is not installed") == 0);
    }
}
