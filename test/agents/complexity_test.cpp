#include <riva/agents/complexity.hpp>

#include "catch.hpp"

using namespace riva::agents;

namespace {

complexity of(std::string_view what, const repository_facts& facts = {}) {
    return analyze_complexity(what, "The tests pass.", facts);
}

}  // namespace

TEST_CASE("complexity is between 0 and 1 and says why", "[complexity]") {
    for (const auto* each :
         {"", "x", "Fix a typo", "Build an engine and then a server, and also a database"}) {
        const auto found = of(each);
        CAPTURE(each);
        CHECK(found.score >= 0);
        CHECK(found.score <= 1);
        CHECK(found.confidence >= 0);
        CHECK(found.confidence <= 1);
        CHECK_FALSE(found.reason.empty());
        CHECK(found.reason.find('\n') == std::string::npos);
    }
}

TEST_CASE("complexity tells a kernel from a typo", "[complexity]") {
    const auto kernel = of("Build an operating system kernel with scheduler drivers network stack");
    const auto typo = of("Fix a typo in README.md", {{"README.md", 400}});
    CHECK(kernel.score > typo.score + 0.3);
    CHECK_FALSE(typo.decompose_first);
    CHECK(typo.score < 0.3);
}

TEST_CASE("complexity looks at words, not at letters", "[complexity]") {
    // "small" is not "all", "address" is not "add", "authentic" is not "then".
    CHECK(
        of("Write a small utility").estimated_files == of("Write a short utility").estimated_files
    );
    CHECK(of("Improve an address parser").score == of("Improve an integer parser").score);
}

TEST_CASE("complexity knows whether a named file exists", "[complexity]") {
    CHECK(of("Fix the bug in src/a.py", {{"src/a.py", 100}}).modifies_existing);
}

TEST_CASE("complexity finds a file by its name where only one has it", "[complexity]") {
    const auto told = [](std::string_view what) {
        return of(what, {{"src/parser.py", 100}, {"a/main.py", 1}, {"b/main.py", 1}})
            .modifies_existing;
    };
    CHECK(told("The parser in parser.py is slow"));
    CHECK_FALSE(told("The entry in main.py is slow"));
    CHECK_FALSE(told("The lexer in er.py is slow"));
}

TEST_CASE("complexity counts as a file what has an extension or exists", "[complexity]") {
    const auto files = [](std::string_view what) {
        return of(what, {{"bin/tool", 100}, {".env", 10}}).estimated_files;
    };
    CHECK(files("Allow read/write and/or append, e.g. to a log, i.e. a text") == 1);
    CHECK(files("Fix a.py and all .txt files") == 1);
    CHECK(files("Fix a.py, b.py, bin/tool and .env") == 4);
}

TEST_CASE("one function or a one-line repair is not decomposed first", "[complexity]") {
    for (const auto* each :
         {"Write a function add(a, b) in m.py that returns the sum",
          "The function bitcount in solution.py has a bug (one line). Fix it.",
          "Rename the variable x to width in box.py"}) {
        CAPTURE(each);
        CHECK_FALSE(of(each, {{"m.py", 10}, {"solution.py", 200}, {"box.py", 300}}).decompose_first
        );
    }
}
