#include "random_tree.hpp"
#include "staged_sample.hpp"

#include <fcntl.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::errc;
using riva::workspace;
using riva::test::run;
using riva::test::staged_sample;
using riva::test::tree_mutator;
using riva::test::tree_of;
using riva::test::tree_with_modes;

namespace {

using content_tree = std::map<std::string, std::string>;

void fill(const staged_sample& sample) {
    sample.write(".gitignore", "build/\n*.log\n");
    sample.write("a.py", "a = 1\n");
    sample.write("folder/b.py", "b = 1\n");
    sample.write("folder/__pycache__/b.pyc", "cache of the user");
    sample.write("old.log", "a log that was there before");
    fs::create_directories(sample.repository() / "empty/deeper");
}

}  // namespace

TEST_CASE("workspace discards what does not count and keeps what does", "[workspace][discard]") {
    staged_sample sample;
    fill(sample);
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto put = [&](const std::string& name, std::string_view content) {
            sample.folder.write("run/tree/" + name, content);
        };
        co_await w.create({"build/wanted.txt", "an action wrote it"});
        put("build/a.o", "output");
        put("a.py", "a = 2\n");
        put("made/c.py", "c = 1\n");
        put("made/__pycache__/c.pyc", "cache");
        put("folder/__pycache__/b.pyc", "another cache");
        put("old.log", "a changed log");
        put("new.log", "a log");
        put(".git/hooks/pre-commit", "evil");
        fs::create_directories(w.root() / "new empty/folder");
        fs::remove_all(w.root() / "empty");
        fs::permissions(w.root() / "folder", fs::perms(0700));
        REQUIRE(::mkfifo((w.root() / "fifo").c_str(), 0600) == 0);
        const auto before = co_await w.changes();

        const auto discarded = co_await w.discard_ignored();
        CHECK(discarded.has_value());
        const content_tree expected = {
            {".gitignore", "build/\n*.log\n"},
            {"a.py", "a = 2\n"},
            {"build/", ""},
            {"build/wanted.txt", "an action wrote it"},
            {"empty/", ""},
            {"empty/deeper/", ""},
            {"folder/", ""},
            {"folder/__pycache__/", ""},
            {"folder/__pycache__/b.pyc", "cache of the user"},
            {"folder/b.py", "b = 1\n"},
            {"made/", ""},
            {"made/c.py", "c = 1\n"},
            {"old.log", "a changed log"},
        };
        CHECK(tree_of(w.root()) == expected);
        CHECK(fs::status(w.root() / "folder").permissions() == fs::perms(0755));
        const auto after = co_await w.changes();
        CHECK(after.value().changes() == before.value().changes());
    });
}

TEST_CASE("workspace removes folders that lost their last file", "[workspace][discard]") {
    staged_sample sample;
    sample.write("a/b/c.py", "c");
    sample.write("kept/d.py", "d");
    sample.write("cached/e.py", "e");
    sample.write("cached/__pycache__/e.pyc", "cache");
    fs::create_directories(sample.repository() / "kept/empty");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        fs::remove(w.root() / "a/b/c.py");
        fs::remove(w.root() / "kept/d.py");
        fs::remove_all(w.root() / "cached");
        const auto discarded = co_await w.discard_ignored();
        CHECK(discarded.has_value());
        const content_tree expected = {
            {"cached/", ""},
            {"cached/__pycache__/", ""},
            {"cached/__pycache__/e.pyc", "cache"},
            {"kept/", ""},
            {"kept/empty/", ""},
        };
        CHECK(tree_of(w.root()) == expected);
    });
}

TEST_CASE(
    "workspace refuses files in the place of one that does not count", "[workspace][discard]"
) {
    staged_sample sample;
    sample.write("pkg/__pycache__/a.pyc", "cache");
    sample.write("pkg/a.py", "a");
    sample.write(".coverage", "a file");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        fs::remove_all(w.root() / "pkg");
        sample.folder.write("run/tree/pkg", "a file now");
        fs::remove(w.root() / ".coverage");
        sample.folder.write("run/tree/.coverage/inside", "a folder now");
        const auto before = tree_of(w.root());
        const auto discarded = co_await w.discard_ignored();
        REQUIRE(discarded.has_error());
        CHECK(discarded.error().code == errc::conflict);
        CHECK(discarded.error().context.find("'.coverage/inside', 'pkg'") != std::string::npos);
        CHECK(tree_of(w.root()) == before);
    });
}

TEST_CASE("workspace discards in a fork against the fork's base", "[workspace][discard]") {
    staged_sample sample;
    fill(sample);
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        co_await w.create({"build/kept.txt", "kept"});
        auto forked = co_await w.fork(sample.folder / "fork");
        workspace child = std::move(forked).value();
        sample.folder.write("fork/tree/build/dropped.txt", "dropped");
        sample.folder.write("fork/tree/new.py", "new");
        auto expected = tree_with_modes(child.root());
        expected.erase("build/dropped.txt");
        const auto discarded = co_await child.discard_ignored();
        CHECK(discarded.has_value());
        CHECK(tree_with_modes(child.root()) == expected);
    });
}

TEST_CASE(
    "workspace after a discard is what apply makes of the repository", "[workspace][discard]"
) {
    const unsigned seed = riva::test::random_seed();
    INFO("seed " << seed);
    for (unsigned round = 0; round < 15; ++round) {
        staged_sample sample;
        tree_mutator build(sample.repository(), seed + round);
        for (int i = 0; i < 20; ++i) build.mutate();
        riva::test::remove_fifos(sample.repository());
        sample.write(".gitignore", "a\n*b*\n");
        const fs::path user = sample.folder / "user";
        fs::copy(
            sample.repository(), user, fs::copy_options::recursive | fs::copy_options::copy_symlinks
        );
        sample.use([&](workspace& w) -> asio::awaitable<void> {
            tree_mutator mutate(w.root(), seed - round - 1);
            for (int i = 0; i < 10; ++i) mutate.mutate();
            const auto discarded = co_await w.discard_ignored();
            INFO("round " << round << (discarded ? "" : ": " + discarded.error().context));
            REQUIRE(discarded.has_value());
            const auto changes = co_await w.changes();
            const auto applied =
                co_await riva::apply(changes.value(), w.objects(), user, sample.blocking());
            INFO((applied ? "" : applied.error().context));
            REQUIRE(applied.has_value());
            REQUIRE(tree_of(w.root()) == tree_of(user));
        });
    }
}
