#include "random_tree.hpp"
#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>

#include <fcntl.h>

#include <fstream>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::change_kind;
using riva::errc;
using riva::file_change;
using riva::sha256;
using riva::workspace;
using riva::test::read_file;
using riva::test::staged_sample;
using riva::test::tree_mutator;
using riva::test::tree_of;
using riva::test::tree_with_modes;

// The tests change the staged tree directly, as commands do.

namespace {

void overwrite(const fs::path& file, std::string_view content) {
    std::fstream(file, std::ios::in | std::ios::out | std::ios::binary) << content;
}

}  // namespace

TEST_CASE("workspace keeps the content that a command overwrites in place", "[workspace]") {
    staged_sample sample;
    sample.write("a", "before");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto snapshot = co_await w.take_snapshot();
        const auto time = fs::last_write_time(w.root() / "a");
        overwrite(w.root() / "a", "behind");
        fs::last_write_time(w.root() / "a", time);
        const auto changes = co_await w.changes_since(snapshot.value());
        const file_change change{"a", change_kind::modified, sha256("before"), sha256("behind")};
        CHECK(changes.value() == std::vector{change});
        CHECK(read_file(w.objects() / sha256("before")) == "before");
        CHECK(read_file(w.objects() / sha256("behind")) == "behind");
        const auto back = co_await w.roll_back(snapshot.value());
        CHECK(back.has_value());
        CHECK(read_file(w.root() / "a") == "before");
    });
}

TEST_CASE("workspace sees changes that follow a snapshot at once", "[workspace]") {
    staged_sample sample;
    sample.write("a", "0000");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const int fd = ::open((w.root() / "a").c_str(), O_RDWR);
        REQUIRE(fd >= 0);
        for (int i = 0; i < 500; ++i) {
            const std::string content = std::to_string(1000 + i);
            REQUIRE(::pwrite(fd, content.data(), 4, 0) == 4);
            const auto taken = co_await w.take_snapshot();
            const auto changes = co_await w.changes_since(w.base());
            REQUIRE(changes.value().size() == 1);
            REQUIRE(changes.value().front().after == sha256(content));
        }
        ::close(fd);
    });
}

TEST_CASE("workspace undoes everything that a command can do", "[workspace]") {
    staged_sample sample;
    sample.write("keep", "kept");
    sample.write("folder/file", "in a folder");
    sample.write("other/file", "other");
    fs::create_directories(sample.repository() / "empty/deeper");
    fs::create_symlink("keep", sample.repository() / "link");
    fs::permissions(sample.repository() / "other", fs::perms(0500));
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto before = tree_with_modes(w.root());
        const fs::path root = w.root();
        const auto snapshot = w.base();
        const auto back_again = [&]() { return w.roll_back(snapshot); };

        fs::permissions(root / "folder", fs::perms());
        fs::permissions(root / "keep", fs::perms());
        fs::permissions(root, fs::perms());
        auto back = co_await back_again();
        CHECK(back.has_value());
        CHECK(tree_with_modes(root) == before);

        fs::create_directories(root / ".git/hooks");
        sample.folder.write("run/tree/.git/hooks/pre-commit", "x");
        REQUIRE(::mkfifo((root / "fifo").c_str(), 0600) == 0);
        fs::remove_all(root / "empty");
        fs::remove(root / "link");
        fs::create_directory_symlink("/", root / "link");
        fs::remove_all(root / "folder");
        sample.folder.write("run/tree/folder", "a file now");
        fs::remove(root / "keep");
        sample.folder.write("run/tree/keep/is/a/folder", "now");
        back = co_await back_again();
        CHECK(back.has_value());
        CHECK(tree_with_modes(root) == before);

        fs::remove_all(root);
        back = co_await back_again();
        CHECK(back.has_value());
        CHECK(tree_with_modes(root) == before);

        fs::remove_all(root);
        fs::create_directory_symlink("/", root);
        back = co_await back_again();
        CHECK(back.has_value());
        CHECK(tree_with_modes(root) == before);
    });
}

TEST_CASE("workspace records files without permissions and leaves them so", "[workspace]") {
    staged_sample sample;
    sample.write("folder/file", "in a folder");
    sample.write("a", "a");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        fs::permissions(w.root() / "a", fs::perms());
        fs::permissions(w.root() / "folder/file", fs::perms());
        fs::permissions(w.root() / "folder", fs::perms());
        const auto snapshot = co_await w.take_snapshot();
        CHECK(snapshot.value().paths() == std::vector<std::string>{"a", "folder/file"});
        CHECK(fs::status(w.root() / "folder").permissions() == fs::perms());
        CHECK(fs::status(w.root() / "a").permissions() == fs::perms());
        const auto changes = co_await w.changes();
        CHECK(changes.value().files.size() == 2);
        const auto back = co_await w.roll_back(w.base());
        CHECK(back.has_value());
        const auto forward = co_await w.roll_back(snapshot.value());
        CHECK(forward.has_value());
        const auto again = co_await w.take_snapshot();
        CHECK(again.value() == snapshot.value());
        CHECK_FALSE(again.value() == w.base());
    });
}

TEST_CASE("workspace survives a tree deeper than a path can name", "[workspace]") {
    staged_sample sample;
    sample.write("a", "a");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        int here = ::open(w.root().c_str(), O_RDONLY | O_DIRECTORY);
        const std::string name(200, 'd');
        for (int depth = 0; depth < 3000; ++depth) {
            REQUIRE(::mkdirat(here, name.c_str(), 0755) == 0);
            const int next = ::openat(here, name.c_str(), O_RDONLY | O_DIRECTORY);
            ::close(here);
            here = next;
        }
        ::close(::openat(here, "file", O_CREAT | O_WRONLY, 0600));
        ::close(here);
        const auto snapshot = co_await w.take_snapshot();
        CHECK(snapshot.error().code == errc::tree_too_large);
        const auto back = co_await w.roll_back(w.base());
        CHECK(back.has_value());
        CHECK(tree_of(w.root()) == tree_of(sample.repository()));
    });
}

TEST_CASE("workspace refuses to record more than its limits but rolls back", "[workspace]") {
    staged_sample sample;
    sample.write("a", "a");
    sample.use(
        [&](workspace& w) -> asio::awaitable<void> {
            for (int i = 0; i < 30; ++i) sample.folder.write("run/tree/f" + std::to_string(i), "x");
            auto snapshot = co_await w.take_snapshot();
            CHECK(snapshot.error().code == errc::tree_too_large);
            auto back = co_await w.roll_back(w.base());
            CHECK(back.has_value());
            fs::resize_file(w.root() / "a", 10ull << 30);
            snapshot = co_await w.take_snapshot();
            CHECK(snapshot.error().code == errc::tree_too_large);
            back = co_await w.roll_back(w.base());
            CHECK(back.has_value());
            CHECK(tree_of(w.root()) == tree_of(sample.repository()));
        },
        riva::workspace_limits{.files = 20, .bytes = 1 << 20}
    );
}

TEST_CASE("workspace does not count what tools drop as a change", "[workspace]") {
    staged_sample sample;
    sample.write(".gitignore", "*.o\nbuild/\n!keep.o\n");
    sample.write("was.o", "there before");
    sample.write("__pycache__/a.pyc", "there before");
    sample.write("a.py", "x = 1\n");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        for (const std::string name :
             {"b.o",
              "keep.o",
              "was.o",
              "build/x",
              "__pycache__/a.pyc",
              "deep/__pycache__/b.pyc",
              ".pytest_cache/v",
              "node_modules/x/index.js",
              ".git/config",
              ".riva/x",
              "new.py"})
            sample.folder.write("run/tree/" + name, "written by a command");
        const auto by_action = co_await w.create({"build/asked_for", "x"});
        CHECK(by_action.has_value());
        const auto changes = co_await w.changes();
        std::vector<std::string> paths;
        for (const auto& change : changes.value().changes()) paths.push_back(change.path);
        CHECK(paths == std::vector<std::string>{"build/asked_for", "keep.o", "new.py", "was.o"});
        const auto since = co_await w.changes_since(w.base());
        CHECK(since.value().size() == 12);
    });
}

TEST_CASE("workspace rolls back any mutation of a tree", "[workspace]") {
    const unsigned seed = riva::test::random_seed();
    INFO("seed " << seed);
    staged_sample sample;
    tree_mutator build(sample.repository(), seed);
    for (int i = 0; i < 40; ++i) build.mutate();
    riva::test::remove_fifos(sample.repository());
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        tree_mutator mutate(w.root(), seed + 1);
        REQUIRE(tree_with_modes(w.root()) == tree_with_modes(sample.repository()));
        for (int round = 0; round < 25; ++round) {
            const auto snapshot = co_await w.take_snapshot();
            riva::test::remove_fifos(w.root());
            const auto before = tree_with_modes(w.root());
            for (int i = 0; i < round % 8; ++i) mutate.mutate();
            if (round % 3 == 0) {
                const auto middle = co_await w.take_snapshot();
                CHECK(middle.has_value());
                mutate.mutate();
            }
            const auto back = co_await w.roll_back(snapshot.value());
            INFO("round " << round << (back ? "" : ": " + back.error().context));
            REQUIRE(back.has_value());
            REQUIRE(tree_with_modes(w.root()) == before);
            const auto again = co_await w.take_snapshot();
            REQUIRE(again.value() == snapshot.value());
            for (int i = 0; i < 3; ++i) mutate.mutate();
        }
        const auto base = co_await w.roll_back(w.base());
        REQUIRE(base.has_value());
        REQUIRE(tree_with_modes(w.root()) == tree_with_modes(sample.repository()));
    });
}
