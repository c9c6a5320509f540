#include "ignore_rules.hpp"

#include "catch.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/glob.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using riva::ignore_rules;
using riva::matches_name;
using riva::test::temporary_folder;

namespace {

/// Two stars mean something between slashes only; what git makes of others depends on what comes
/// before them.
bool is_documented(const std::string& rule) {
    if (rule.find("//") != std::string::npos) return false;
    const std::string bounded = "/" + rule + "/";
    for (auto at = bounded.find("**"); at != std::string::npos; at = bounded.find("**", at + 1))
        if (bounded[at - 1] != '/' || bounded[at + 2] != '/') return false;
    return true;
}

}  // namespace

TEST_CASE("matches_name knows stars, classes and escapes", "[ignore]") {
    CHECK(matches_name("*.py", "a.py"));
    CHECK(matches_name("a*b*c", "aXbYbZc"));
    CHECK_FALSE(matches_name("a*b*c", "aXbYbZ"));
    CHECK(matches_name("a?c", "abc"));
    CHECK(matches_name("[a-c]x", "bx"));
    CHECK_FALSE(matches_name("[!a-c]x", "bx"));
    CHECK(matches_name("[]]", "]"));
    CHECK(matches_name("[[:digit:]_]*", "7x"));
    CHECK(matches_name("\\*", "*"));
    CHECK_FALSE(matches_name("\\*", "x"));
    CHECK_FALSE(matches_name("[a", "a"));
    CHECK_FALSE(matches_name(std::string(50, '*') + "b", std::string(50'000, 'a')));
}

TEST_CASE("ignore_rules reads .gitignore files as git does", "[ignore]") {
    ignore_rules rules;
    rules.add("sub", "!*.log\n/only-here\n");
    rules.add(
        "",
        "\xef\xbb\xbf# a comment\r\n\n*.log\r\nbuild/\n/top\nmid/dle\n!important.log\n"
        "a/**/z\n**/anywhere\nall/**\n\\#hash\ntrail \nkept\\ \n"
    );
    const auto ignored = [&](std::string_view path, bool folder = false) {
        return rules.ignores(path, folder);
    };
    CHECK(ignored("x.log"));
    CHECK(ignored("deep/x.log"));
    CHECK_FALSE(ignored("important.log"));
    CHECK_FALSE(ignored("sub/x.log"));
    CHECK(ignored("build", true));
    CHECK_FALSE(ignored("build"));
    CHECK(ignored("build/x"));
    CHECK(ignored("deep/build/important.log"));
    CHECK(ignored("top"));
    CHECK_FALSE(ignored("deep/top"));
    CHECK(ignored("mid/dle"));
    CHECK_FALSE(ignored("deep/mid/dle"));
    CHECK(ignored("a/z"));
    CHECK(ignored("a/b/c/z"));
    CHECK(ignored("x/y/anywhere"));
    CHECK(ignored("all/x/y"));
    CHECK_FALSE(ignored("all", true));
    CHECK(ignored("#hash"));
    CHECK(ignored("trail"));
    CHECK(ignored("kept "));
    CHECK(ignored("sub/only-here"));
    CHECK_FALSE(ignored("only-here"));
    CHECK(ignored("node_modules/x/y.js"));
    CHECK(ignored("x/__pycache__/y.pyc"));
    CHECK_FALSE(ignored("src/main.py"));
    CHECK(ignore_rules::is_cache("x/__pycache__/y"));
    CHECK_FALSE(ignore_rules::is_cache("node_modules/y"));
}

TEST_CASE("ignore_rules agrees with git on random patterns", "[ignore]") {
    if (std::system("git --version > /dev/null 2>&1") != 0) {
        WARN("skipped: git is not installed");
        return;
    }
    const unsigned seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto some = [&](const auto& choices) { return choices[random() % choices.size()]; };
    const std::array<std::string, 14> tokens = {
        "a", "b", "ab", "*", "?", "**", "/", "/", "[ab]", "[!a]", "a*", "*b", "\\a", "c"
    };
    const std::array<std::string, 4> names = {"a", "b", "ab", "c"};
    for (int round = 0; round < 60; ++round) {
        const temporary_folder folder;
        REQUIRE(std::system(("git init -q '" + folder.path().string() + "'").c_str()) == 0);
        std::string content;
        for (int line = 0; line < 5; ++line) {
            std::string rule;
            do {
                rule.clear();
                for (auto n = random() % 4 + 1; n > 0; --n) rule += some(tokens);
                if (random() % 4 == 0) rule += '/';
            } while (!is_documented(rule));
            content += (random() % 4 == 0 ? "!" : "") + rule + '\n';
        }
        folder.write(".gitignore", content);
        ignore_rules rules;
        rules.add("", content);
        std::vector<std::string> paths;
        for (int i = 0; i < 15; ++i) {
            std::string path = some(names);
            for (auto n = random() % 3; n > 0; --n) path += "/" + some(names);
            paths.push_back(path);
        }
        std::string list;
        for (const auto& path : paths) list += path + "\n";
        const auto input = folder.write("input", list);
        const auto output = folder / "output";
        // Exit status 1 means that nothing is ignored.
        const int status = std::system(("cd '" + folder.path().string() +
                                        "' && git check-ignore --no-index --stdin < input > output")
                                           .c_str());
        REQUIRE(status >= 0);
        std::string expected = riva::test::read_file(output);
        std::string actual;
        for (const auto& path : paths)
            if (rules.ignores(path, false)) actual += path + "\n";
        INFO("rules:\n" << content);
        REQUIRE(actual == expected);
    }
}
