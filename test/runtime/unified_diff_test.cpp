#include <riva/runtime/unified_diff.hpp>

#include "random_tree.hpp"
#include "staged_sample.hpp"

#include <riva/runtime/change_set.hpp>
#include <riva/runtime/line_diff.hpp>

#include <cstdlib>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::diff_lines;
using riva::diff_side;
using riva::lines_with_ends;
using riva::symlink_mode;
using riva::unified_diff;
using riva::workspace;
using riva::test::staged_sample;
using riva::test::tree_mutator;
using riva::test::tree_with_modes;
using namespace std::string_literals;

TEST_CASE("unified_diff writes hunks as git does", "[diff]") {
    const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n";
    const std::string after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n14\n15\n16\n17\n18\n19\n";
    CHECK(
        unified_diff("a b/c.py", {before, 0644}, {after, 0644}) ==
        "diff --git a/a b/c.py b/a b/c.py\n"
        "--- a/a b/c.py\t\n"
        "+++ b/a b/c.py\t\n"
        "@@ -2,7 +2,7 @@\n"
        " 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "@@ -10,9 +10,9 @@\n"
        " 10\n 11\n 12\n-13\n 14\n 15\n 16\n 17\n 18\n+19\n"
    );
}

TEST_CASE("unified_diff marks a missing newline on either side", "[diff]") {
    CHECK(
        unified_diff("f", {"a\nb", 0644}, {"a\nb\n", 0644}) ==
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n"
        " a\n-b\n\\ No newline at end of file\n+b\n"
    );
    CHECK(
        unified_diff("f", {"a\nb\n", 0644}, {"x\nb", 0644}) ==
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n"
        "-a\n-b\n+x\n+b\n\\ No newline at end of file\n"
    );
    CHECK(
        unified_diff("f", {"a\nb", 0644}, {"x\nb", 0644}) ==
        "diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n"
        "-a\n+x\n b\n\\ No newline at end of file\n"
    );
}

TEST_CASE("unified_diff shows new and deleted files, modes and links", "[diff]") {
    CHECK(
        unified_diff("f", {}, {"x\n", 0755}) ==
        "diff --git a/f b/f\nnew file mode 100755\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n"
    );
    CHECK(
        unified_diff("f", {"x\n", 0600}, {}) ==
        "diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    );
    CHECK(unified_diff("f", {}, {"", 0644}) == "diff --git a/f b/f\nnew file mode 100644\n");
    CHECK(
        unified_diff("f", {"x", 0644}, {"x", 0755}) ==
        "diff --git a/f b/f\nold mode 100644\nnew mode 100755\n"
    );
    CHECK(
        unified_diff("f", {"x\n", 0644}, {"to", symlink_mode}) ==
        "diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        "diff --git a/f b/f\nnew file mode 120000\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n"
        "+to\n\\ No newline at end of file\n"
    );
    CHECK(unified_diff("f", {"x", 0644}, {"x", 0640}).empty());
    CHECK(unified_diff("f", {}, {}).empty());
    CHECK(
        unified_diff("f", {"a\0b"s, 0644}, {"b", 0644}) ==
        "diff --git a/f b/f\nBinary files a/f and b/f differ\n"
    );
}

TEST_CASE("unified_diff quotes unusual names as git does", "[diff]") {
    const auto text = unified_diff("\xc3\xa9\n\t\"\\ x", {"", 0644}, {"x\n", 0644});
    const std::string name = R"(\303\251\n\t\"\\ x")";
    CHECK(
        text == "diff --git \"a/" + name + " \"b/" + name + "\n--- \"a/" + name + "\t\n+++ \"b/" +
                    name + "\t\n@@ -0,0 +1 @@\n+x\n"
    );
}

TEST_CASE("diff_lines finds a shortest script and gives up on huge ones", "[diff]") {
    const auto diff = [](std::string_view a, std::string_view b) {
        return diff_lines(lines_with_ends(a), lines_with_ends(b));
    };
    CHECK(diff("", "").empty());
    CHECK(diff("a\n", "a\n").empty());
    CHECK(diff("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n").size() <= 5);
    std::string a = "same\n";
    std::string b = "same\n";
    for (int i = 0; i < 5000; ++i) {
        a += "a" + std::to_string(i) + "\n";
        b += "b" + std::to_string(i) + "\n";
    }
    CHECK(diff(a + "end\n", b + "end\n") == std::vector<riva::line_change>{{1, 5001, 1, 5001}});
}

TEST_CASE("workspace writes diffs that git applies to the same tree", "[workspace][diff]") {
    if (std::system("git --version > /dev/null 2>&1") != 0) {
        WARN("skipped: git is not installed");
        return;
    }
    const unsigned seed = riva::test::random_seed();
    INFO("seed " << seed);
    for (unsigned round = 0; round < 25; ++round) {
        staged_sample sample;
        tree_mutator build(sample.repository(), seed + round);
        for (int i = 0; i < 25; ++i) build.mutate_text();
        const fs::path copy = sample.folder / "copy";
        fs::copy(sample.repository(), copy, fs::copy_options::recursive);
        sample.use([&](workspace& w) -> asio::awaitable<void> {
            tree_mutator mutate(w.root(), seed - round - 1);
            for (int i = 0; i < 12; ++i) mutate.mutate_text();
            const auto diff = co_await w.diff();
            const fs::path patch = sample.folder.write("patch", diff.value());
            const std::string apply = "cd '" + copy.string() +
                                      "' && GIT_CEILING_DIRECTORIES=/ git -c core.autocrlf=false "
                                      "apply --whitespace=nowarn ";
            INFO("round " << round << "\n" << diff.value());
            if (!diff.value().empty()) {
                REQUIRE(std::system((apply + "--check " + patch.string()).c_str()) == 0);
                REQUIRE(std::system((apply + patch.string()).c_str()) == 0);
            }
            const auto files = [](std::map<std::string, std::string> tree) {
                std::erase_if(tree, [](const auto& e) { return e.first.ends_with('/'); });
                return tree;
            };
            REQUIRE(files(tree_with_modes(copy)) == files(tree_with_modes(w.root())));
        });
    }
}
