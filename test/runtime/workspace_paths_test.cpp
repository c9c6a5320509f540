#include "staged_sample.hpp"

#include <fcntl.h>

#include <atomic>
#include <cstdio>
#include <thread>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::errc;
using riva::workspace;
using riva::test::read_file;
using riva::test::staged_sample;
using riva::test::tree_of;
using namespace std::string_literals;

namespace {

struct refused_path {
    std::string path;
    errc code;
};

}  // namespace

TEST_CASE("workspace refuses paths that are malformed or lead outside", "[workspace][paths]") {
    const std::vector<refused_path> refused = {
        {"", errc::path_invalid},
        {std::string(5000, 'a'), errc::path_invalid},
        {std::string(256, 'a'), errc::path_invalid},
        {"a\0b"s, errc::path_invalid},
        {"a\nb", errc::path_invalid},
        {"a\x1b[2Jb", errc::path_invalid},
        {"a\x7f", errc::path_invalid},
        {"a\xc2\x85", errc::path_invalid},
        {"a\xff", errc::path_invalid},
        {"a\xc0\xaf..", errc::path_invalid},
        {"a\xed\xa0\x80", errc::path_invalid},
        {".", errc::path_invalid},
        {"./a", errc::path_invalid},
        {"a/./b", errc::path_invalid},
        {"a//b", errc::path_invalid},
        {"a/", errc::path_invalid},
        {"a\\b", errc::path_invalid},
        {"..", errc::path_outside},
        {"../a", errc::path_outside},
        {"a/../../b", errc::path_outside},
        {"a/../b", errc::path_outside},
        {"..\\a", errc::path_outside},
        {"a\\..\\..\\b", errc::path_outside},
        {"..%2fa", errc::path_outside},
        {"a/%2e%2E/b", errc::path_outside},
        {"a/..\xe2\x80\x8b/b", errc::path_outside},
        {"/etc/passwd", errc::path_outside},
        {"//etc/passwd", errc::path_outside},
        {"~/.bashrc", errc::path_outside},
        {"~root/x", errc::path_outside},
        {"file:///etc/passwd", errc::path_outside},
        {"C:\\Windows", errc::path_outside},
        {"c:/x", errc::path_outside},
    };
    staged_sample sample;
    sample.write("a.txt", "a");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto before = tree_of(sample.folder.path());
        for (const auto& [path, code] : refused) {
            for (const bool for_writing : {false, true}) {
                const auto resolved = w.resolve(path, for_writing);
                INFO(path.substr(0, 100));
                REQUIRE(resolved.has_error());
                CHECK(resolved.error().code == code);
                CHECK(resolved.error().context.find('\n') == std::string::npos);
                CHECK(resolved.error().context.size() < 500);
            }
            const auto created = co_await w.create({path, "x"});
            CHECK(created.error().code == code);
            riva::edit_file edit{path, {{"a", "b"}}};
            const auto edited = co_await w.edit(edit);
            CHECK(edited.error().code == code);
            const auto removed = co_await w.remove({path});
            CHECK(removed.error().code == code);
        }
        CHECK(tree_of(sample.folder.path()) == before);
    });
}

TEST_CASE("workspace accepts unusual names that stay inside", "[workspace][paths]") {
    staged_sample sample;
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        for (const std::string path :
             {"a b.txt",
              "..a",
              "a..",
              ".hidden",
              "gra\xc3\x9f/\xe6\x97\xa5\xe6\x9c\xac.py",
              "a%20b",
              "x:y/z",
              "-rf",
              ".github/workflow.yml",
              ".gitignore",
              "riva.tom",
              "git"}) {
            INFO(path);
            const auto created = co_await w.create({path, path});
            CHECK(created.has_value());
            CHECK(w.resolve(path, true).value() == w.root() / path);
            CHECK(read_file(w.root() / path) == path);
        }
        CHECK(w.resolve("not/there/yet", true).value() == w.root() / "not/there/yet");
    });
}

TEST_CASE(
    "workspace protects metadata, its own files and what it is told to", "[workspace][paths]"
) {
    staged_sample sample;
    sample.write("tests/test_a.py", "assert True\n");
    sample.write("riva.toml", "x = 1\n");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        w.protect({"tests/test_a.py", "./locked/"});
        const auto before = tree_of(w.root());
        for (const std::string path :
             {".git",
              ".git/config",
              ".GIT/hooks/pre-commit",
              "sub/.git/hooks/pre-commit",
              ".g\xe2\x80\x8cit/config",
              ".git./config",
              ".git /config",
              ".git::$INDEX_ALLOCATION/config",
              "GIT~1/config",
              ".riva/x",
              ".Riva",
              "riva.toml",
              "RIVA.TOML",
              "riva.toml.",
              "tests/test_a.py",
              "Tests/TEST_A.py",
              "tests/test_a.py/below",
              "locked",
              "locked/a/b"}) {
            INFO(path);
            const auto created = co_await w.create({path, "x"});
            CHECK(created.error().code == errc::path_protected);
            riva::edit_file edit{path, {{"a", "b"}}};
            const auto edited = co_await w.edit(edit);
            CHECK(edited.error().code == errc::path_protected);
            const auto removed = co_await w.remove({path});
            CHECK(removed.error().code == errc::path_protected);
            CHECK(w.is_protected(path));
        }
        for (const std::string path : {"tests/test_a.pyx", "tests", "lockedx", "a.git"}) {
            INFO(path);
            CHECK_FALSE(w.is_protected(path));
        }
        const auto read = co_await w.answer({riva::query_kind::read, "riva.toml", ""});
        CHECK(read.value() == "x = 1\n");
        CHECK(tree_of(w.root()) == before);
    });
}

TEST_CASE("workspace refuses to go through symbolic links", "[workspace][paths]") {
    staged_sample sample;
    sample.write("folder/a", "a");
    const auto outside = sample.folder / "outside";
    fs::create_directory(outside);
    sample.folder.write("outside/secret", "secret");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        fs::create_symlink(outside, w.root() / "out");
        fs::create_symlink("folder", w.root() / "in");
        fs::create_symlink("/nowhere", w.root() / "dangling");
        fs::create_symlink("loop", w.root() / "loop");
        fs::create_symlink("../../outside", w.root() / "folder/up");
        for (const std::string path :
             {"out/secret",
              "out/new",
              "in/a",
              "dangling",
              "dangling/x",
              "loop",
              "loop/x",
              "folder/up/secret",
              "out"}) {
            INFO(path);
            const auto created = co_await w.create({path, "x"});
            CHECK(created.error().code == errc::path_symlink);
            riva::edit_file edit{path, {{"secret", "b"}}};
            const auto edited = co_await w.edit(edit);
            CHECK(edited.error().code == errc::path_symlink);
            const auto removed = co_await w.remove({path});
            CHECK(removed.error().code == errc::path_symlink);
            const auto read = co_await w.answer({riva::query_kind::read, path, ""});
            CHECK(read.error().code == errc::path_symlink);
            CHECK(w.resolve(path, false).error().code == errc::path_symlink);
        }
        const auto reason = w.resolve("folder/up/secret", false).error().context;
        CHECK(reason.find("'folder/up' -> '../../outside'") != std::string::npos);
        const auto found = co_await w.answer({riva::query_kind::search, "", "secret"});
        CHECK(found.value() == "[no line in the repository holds 'secret']\n");
    });
    CHECK(tree_of(outside) == std::map<std::string, std::string>{{"secret", "secret"}});
}

TEST_CASE("workspace writes nothing outside while a folder becomes a link", "[workspace][paths]") {
    staged_sample sample;
    sample.write("d/a", "x0x");
    const auto outside = sample.folder / "outside";
    fs::create_directory(outside);
    sample.folder.write("outside/a", "x0x");
    std::size_t inside = 0;
    std::size_t refused = 0;
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        fs::create_symlink(outside, w.root() / "link");
        std::atomic<bool> done = false;
        std::thread swapper([&, root = w.root()] {
            while (!done)
                ::renameat2(
                    AT_FDCWD,
                    (root / "d").c_str(),
                    AT_FDCWD,
                    (root / "link").c_str(),
                    RENAME_EXCHANGE
                );
        });
        for (int i = 0; i < 2000; ++i) {
            const std::string from = std::to_string(inside);
            riva::edit_file edit{"d/a", {{"x" + from, "x" + std::to_string(inside + 1)}}};
            const auto edited = co_await w.edit(edit);
            const auto created = co_await w.create({"d/n" + std::to_string(i), ""});
            if (edited)
                ++inside;
            else
                ++refused;
            if (edited.has_error() && edited.error().code != errc::path_symlink)
                FAIL_CHECK(edited.error().context);
            if (created.has_error() && created.error().code != errc::path_symlink)
                FAIL_CHECK(created.error().context);
        }
        done = true;
        swapper.join();
    });
    CHECK(inside + refused == 2000);
    CHECK(tree_of(outside) == std::map<std::string, std::string>{{"a", "x0x"}});
}
