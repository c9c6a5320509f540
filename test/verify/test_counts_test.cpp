#include "test_counts.hpp"

#include "catch.hpp"

#include <string>

using namespace riva::verify;

namespace {

constexpr const char* ctest_skipped =
    "100% tests passed, 0 tests failed out of 2\n\nThe following tests did not run:\n"
    "\t  1 - a (Skipped)\n\t  3 - c (Disabled)\n";

}  // namespace

TEST_CASE("executed tests are counted from the summaries of the runners", "[test_counts]") {
    CHECK(pytest_count("..\n2 passed, 1 skipped in 0.12s\n") == 2);
    CHECK(pytest_count("=== 1 failed, 2 passed, 1 xfailed in 3.00s ===\n") == 4);
    CHECK(pytest_count("\n2 skipped in 0.01s\n") == 0);
    CHECK(pytest_count("no tests ran in 0.00s\n") == 0);
    CHECK(pytest_count("=== 2 passed, 1 warning in 75.00s (0:01:15) ===\n") == 2);
    CHECK(pytest_count("=== 1 warning in 0.01s ===\n") == 0);
    CHECK(pytest_count("=== 3 tests collected in 0.01s ===\n") == 0);
    CHECK(pytest_count("=== 1 error in 0.03s ===\n") == 1);
    CHECK(!pytest_count("9 lives in a cat\n"));
    CHECK(!pytest_count("9 passed in a hurry\n"));

    CHECK(unittest_count("Ran 3 tests in 0.1s\n\nOK\n") == 3);
    CHECK(unittest_count("Ran 3 tests in 0.1s\n\nOK (skipped=3)\n") == 0);
    CHECK(unittest_count("Ran 3 tests in 0.1s\n\nFAILED (failures=1, skipped=1)\n") == 2);
    CHECK(unittest_count("Ran 0 tests in 0.0s\n\nOK\nRan 2 tests in 0.0s\n\nOK\n", 2) == 2);
    CHECK(!unittest_count("Ran 2 tests around the house\n"));
    CHECK(!unittest_count(""));

    CHECK(ctest_count("100% tests passed, 0 tests failed out of 12\n") == 12);
    CHECK(ctest_count("No tests were found!!!\n") == 0);

    CHECK(ctest_count(ctest_skipped) == 1);

    CHECK(
        cargo_count("running 0 tests\ntest result: ok. 0 passed; 0 failed; 0 ignored\n"
                    "running 4 tests\ntest result: ok. 3 passed; 0 failed; 1 ignored\n") == 3
    );
    CHECK(cargo_count("running 5 tests\ntest result: ok. 0 passed; 0 failed; 5 ignored\n") == 0);

    CHECK(go_count("?   \ta\t[no test files]\n") == 0);
    CHECK(go_count("ok  \ta\t0.1s\n?   \tb\t[no test files]\nFAIL\tc\t0.1s\n") == 2);
    CHECK(go_count("ok  \ta\t0.1s [no tests to run]\n") == 0);
}

TEST_CASE("what the code under test prints adds nothing to a count", "[test_counts]") {
    CHECK(pytest_count("9 passed in 0.1s\n=== no tests ran in 0.00s ===\n") == 0);
    CHECK(unittest_count("Ran 9 tests in 0.1s\n\nOK\nRan 0 tests in 0.0s\n\nOK\n") == 0);
    CHECK(ctest_count("100% tests passed, 0 tests failed out of 9\nNo tests were found!!!\n") == 0);
    CHECK(node_count("# tests 100\n# tests 1\n# skipped 1\n# todo 0\n") == 0);
    CHECK(any_count("Tests: 9 passed, 9 total\nTest Suites: 0 total\nTests: 0 total\n") == 0);
    CHECK(any_count("Ran 9 tests in 0.1s\n\nOK\n\n  0 passing (1ms)\n") == 0);
}

TEST_CASE("a run that ended early has no count", "[test_counts]") {
    CHECK(!pytest_count("collected 2 items\n\ntest_a.py ."));
    CHECK(!unittest_count("Ran 2 tests in 0.0s\n\nOK\n", 2));
    CHECK(!cargo_count("running 2 tests\n"));
    CHECK(!cargo_count("running 1 test\ntest result: ok. 1 passed; 0 failed\nrunning 2 tests\n"));
    CHECK(
        !cargo_count("running 1 test\ntest result: ok. 9 passed; 0 failed\n"
                     "test result: ok. 1 passed; 0 failed\n")
    );
}

TEST_CASE("a file without tests is none of node's tests", "[test_counts]") {
    CHECK(node_count("# Subtest: /t/a.js\nok 1 - /t/a.js\n# tests 1\n# skipped 0\n") == 0);
    CHECK(node_count("\u2714 /t/a b.js (65.1ms)\n\u2714 sum (0.1ms)\n\u2139 tests 2\n") == 1);
    CHECK(node_count("# Subtest: a\nok 1 - a\n# tests 1\n") == 1);
    CHECK(node_count("# Subtest: /t/a.js\nnot ok 1 - /t/a.js\n# tests 1\n") == 1);
    CHECK(node_count("\u2714 it reads a.js (0.2ms)\n\u2139 tests 1\n") == 1);
}

TEST_CASE("an unknown runner is read by what it says", "[test_counts]") {
    CHECK(any_count("# tests 4\n# suites 0\n# pass 3\n# skipped 1\n# todo 0\n") == 3);
    CHECK(any_count("\u2139 tests 0\n\u2139 skipped 0\n") == 0);
    CHECK(any_count("Tests:       1 failed, 2 passed, 3 total\n") == 3);
    CHECK(any_count("Test Suites: 1 failed, 1 total\nTests:       0 total\n") == 1);
    CHECK(any_count("No tests found, exiting with code 1\n") == 0);
    CHECK(any_count("  3 passing (5ms)\n  1 failing\n") == 4);
    CHECK(any_count("  0 passing (1ms)\n") == 0);
    CHECK(any_count("make: Nothing to be done for 'test'.\n") == 0);
    CHECK(any_count("make: 'test' is up to date.\n") == 0);
    CHECK(!any_count("make: Nothing to be done for 'all'.\n"));
    CHECK(!any_count("Tests: 5 run, none bad\n"));
    CHECK(!any_count("all fine\n"));
    CHECK(!any_count(std::string(1000, '\n')));
}
