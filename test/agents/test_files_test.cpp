#include "test_files.hpp"

#include "catch.hpp"

using namespace riva::agents;

TEST_CASE("tests are told from what they test by their names", "[test_files]") {
    for (const char* file :
         {"test_a.py",
          "tests/helpers.py",
          "a/__tests__/b.js",
          "src/a_test.go",
          "a.test.ts",
          "a.spec.js",
          "testfoo.py",
          "Test/a.c",
          "spec/a_spec.rb",
          "src/FooTest.java",
          "TestFoo.java",
          "tests.rs",
          "test.sh"}) {
        INFO(file);
        CHECK(is_test(file));
    }
    for (const char* file :
         {"a.py", "src/latest.py", "contest/a.c", "Testimonial.tsx", "attest.go", "inspect.py"}) {
        INFO(file);
        CHECK_FALSE(is_test(file));
    }
}

TEST_CASE("files that steer runners of tests are known", "[test_files]") {
    for (const char* file :
         {"conftest.py",
          "a/conftest.py",
          "pyproject.toml",
          "Makefile",
          "package.json",
          "jest.config.js",
          "unittest.py",
          "src/pytest/__main__.py"}) {
        INFO(file);
        CHECK(steers_tests(file));
    }
    for (const char* file : {"a.toml", "makefile.py", "CMakeLists.txt", "README.md"}) {
        INFO(file);
        CHECK_FALSE(steers_tests(file));
    }
}

TEST_CASE("a source added to CMake's list says nothing about tests", "[test_files]") {
    const char* before = "add_library(a a.cpp)\nadd_test(NAME a COMMAND a)\n";
    CHECK_FALSE(
        speaks_of_other_tests(before, "add_library(a a.cpp b.cpp)\nadd_test(NAME a COMMAND a)")
    );
    CHECK(speaks_of_other_tests(before, "add_library(a a.cpp)\n"));
    CHECK(speaks_of_other_tests(before, "add_library(a a.cpp)\nadd_test(NAME a COMMAND true)\n"));
    CHECK(speaks_of_other_tests("", "enable_testing()\n"));
}
