#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <set>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::change_kind;
using riva::errc;
using riva::file_change;
using riva::query;
using riva::query_kind;
using riva::sha256;
using riva::workspace;
using riva::workspace_limits;
using riva::test::read_file;
using riva::test::run;
using riva::test::run_and_cancel_after;
using riva::test::staged_sample;
using riva::test::tree_of;
using riva::test::tree_with_modes;

TEST_CASE("workspace stages files, folders, permissions and links as they are", "[workspace]") {
    staged_sample sample;
    sample.write("plain.txt", "text\n");
    sample.write("folder/with space.txt", "a");
    sample.write("folder/line\nbreak", "b");
    sample.write("folder/\xc3\xa9t\xc3\xa9", "c");
    sample.write("folder/not-utf8-\xff", "d");
    sample.write("run.sh", "#!/bin/sh\n");
    fs::permissions(sample.repository() / "run.sh", fs::perms(0755));
    fs::permissions(sample.repository() / "plain.txt", fs::perms(0640));
    fs::create_directories(sample.repository() / "empty/deeper");
    fs::create_symlink("plain.txt", sample.repository() / "link");
    fs::create_symlink("/etc/passwd", sample.repository() / "outward");
    fs::create_symlink("loop", sample.repository() / "loop");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        CHECK(tree_with_modes(w.root()) == tree_with_modes(sample.repository()));
        CHECK(
            fs::last_write_time(w.root() / "plain.txt") ==
            fs::last_write_time(sample.repository() / "plain.txt")
        );
        CHECK(read_file(w.objects() / sha256("text\n")) == "text\n");
        CHECK((fs::status(w.root().parent_path()).permissions() & fs::perms(077)) == fs::perms());
        const auto changes = co_await w.changes();
        CHECK(changes.value().empty());
    });
    CHECK_FALSE(fs::exists(sample.staged() / "tree"));
    CHECK(fs::exists(sample.staged() / "objects" / sha256("text\n")));
}

TEST_CASE("workspace leaves out git's folder and what is no file", "[workspace]") {
    staged_sample sample;
    sample.write(".git/config", "[core]\n");
    sample.write("module/.git", "gitdir: ../.git/modules/module\n");
    sample.write("module/a", "a");
    sample.write(".gitignore", "");
    REQUIRE(::mkfifo((sample.repository() / "fifo").c_str(), 0600) == 0);
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const std::vector<std::string> expected = {".gitignore", "module/a"};
        CHECK(w.base().paths() == expected);
        const auto changes = co_await w.changes();
        CHECK(changes.value().empty());
    });
}

TEST_CASE("workspace does not copy its own folder when it lies in the repository", "[workspace]") {
    staged_sample sample;
    sample.write("a", "a");
    run([&]() -> asio::awaitable<void> {
        const auto inside = sample.repository() / "run";
        auto w = co_await workspace::stage(sample.repository(), inside, sample.blocking());
        CHECK(w.value().base().paths() == std::vector<std::string>{"a"});
    });
}

TEST_CASE("workspace stages an empty repository", "[workspace]") {
    staged_sample sample;
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        CHECK(w.base().paths().empty());
        CHECK(w.base() == workspace::snapshot());
        const auto listed = co_await w.answer(query{query_kind::list, "", ""});
        CHECK(listed.value() == "[the repository holds no files]\n");
        const auto diff = co_await w.diff();
        CHECK(diff.value().empty());
    });
}

TEST_CASE("workspace names a repository that cannot be staged", "[workspace]") {
    staged_sample sample;
    SECTION("missing") {
        fs::remove(sample.repository());
        const auto reason = sample.staging_error();
        CHECK(reason.code == errc::tree_unreadable);
        CHECK(reason.context.find("No such file or directory") != std::string::npos);
        CHECK(reason.context.find(sample.repository().string()) != std::string::npos);
    }
    SECTION("a file") {
        fs::remove(sample.repository());
        sample.folder.write("repository", "not a folder");
        CHECK(sample.staging_error().code == errc::tree_unreadable);
    }
    SECTION("too many files") {
        for (int i = 0; i < 11; ++i) sample.write("f" + std::to_string(i), "");
        const auto reason = sample.staging_error(workspace_limits{.files = 10});
        CHECK(reason.code == errc::tree_too_large);
        CHECK(reason.context.find("10") != std::string::npos);
    }
    SECTION("too many bytes") {
        sample.write("large", std::string(1001, 'x'));
        const auto reason = sample.staging_error(workspace_limits{.bytes = 1000});
        CHECK(reason.code == errc::tree_too_large);
        CHECK(reason.context.find("1001") != std::string::npos);
    }
    SECTION("not readable") {
        if (::geteuid() == 0) {
            WARN("skipped: root may read everything");
            return;
        }
        sample.write("secret", "x");
        fs::permissions(sample.repository() / "secret", fs::perms());
        const auto reason = sample.staging_error();
        CHECK(reason.code == errc::tree_unreadable);
        CHECK(reason.context.find("'secret'") != std::string::npos);
    }
}

TEST_CASE("workspace refuses a folder that exists", "[workspace]") {
    staged_sample sample;
    sample.folder.write("run/precious", "kept");
    run([&]() -> asio::awaitable<void> {
        const auto w =
            co_await workspace::stage(sample.repository(), sample.staged(), sample.blocking());
        REQUIRE(w.has_error());
        CHECK(w.error().code == errc::io_failed);
    });
    CHECK(read_file(sample.folder / "run/precious") == "kept");
}

TEST_CASE("workspace creates, edits and deletes files", "[workspace]") {
    staged_sample sample;
    sample.write("main.py", "print('one')\nprint('two')\n");
    sample.write("old.txt", "old");
    fs::permissions(sample.repository() / "main.py", fs::perms(0751));
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto created = co_await w.create({"new folder/new.py", "x = 1\n"});
        const file_change made{"new folder/new.py", change_kind::created, "", sha256("x = 1\n")};
        CHECK(created.value() == made);
        CHECK(read_file(w.root() / "new folder/new.py") == "x = 1\n");

        riva::edit_file edit{"main.py", {{"one", "1"}, {"print('1')\nprint", "print"}}};
        const auto edited = co_await w.edit(edit);
        const file_change change{
            "main.py",
            change_kind::modified,
            sha256("print('one')\nprint('two')\n"),
            sha256("print('two')\n"),
        };
        CHECK(edited.value() == change);
        CHECK(read_file(w.root() / "main.py") == "print('two')\n");
        CHECK(fs::status(w.root() / "main.py").permissions() == fs::perms(0751));

        const auto removed = co_await w.remove({"old.txt"});
        const file_change gone{"old.txt", change_kind::deleted, sha256("old"), ""};
        CHECK(removed.value() == gone);

        const auto changes = co_await w.changes();
        CHECK(changes.value().changes() == std::vector<file_change>{change, made, gone});
        for (const auto& object : {change.before, change.after, made.after, gone.before})
            CHECK(fs::exists(w.objects() / object));
    });
}

TEST_CASE("workspace explains an edit that does not fit and changes nothing", "[workspace]") {
    staged_sample sample;
    sample.write("a.py", "def f(x):\n    return x + 1\n\ndef g(x):\n    return x + 1\n");
    sample.write("aaa", "aaa");
    REQUIRE(::mkfifo((sample.folder / "fifo").c_str(), 0600) == 0);
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        fs::create_directory(w.root() / "folder");
        REQUIRE(::mkfifo((w.root() / "fifo").c_str(), 0600) == 0);
        const auto before = tree_of(w.root());
        struct expectation {
            riva::edit_file edit;
            errc code;
            std::string context;
        };
        const std::vector<expectation> expectations = {
            {{"a.py", {{"def f(y):", ""}}}, errc::text_missing, "closest line is line 1"},
            {{"a.py", {{"%%%", ""}}}, errc::text_missing, "which has 5 lines"},
            {{"a.py", {{"", "x"}}}, errc::text_missing, "empty text"},
            {{"a.py", {}}, errc::text_missing, "no replacement"},
            {{"a.py", {{"return x", ""}}}, errc::text_ambiguous, "occurs 2 times in 'a.py'"},
            {{"aaa", {{"aa", ""}}}, errc::text_ambiguous, "occurs 2 times"},
            {{"a.py", {{"def f", "def h"}, {"def f", ""}}}, errc::text_missing, "'def f'"},
            {{"b.py", {{"x", ""}}}, errc::file_missing, "'b.py'"},
            {{"folder", {{"x", ""}}}, errc::not_a_file, "a folder"},
            {{"fifo", {{"x", ""}}}, errc::not_a_file, "a FIFO"},
            {{"a.py/b", {{"x", ""}}}, errc::not_a_file, "'a.py'"},
        };
        for (const auto& [edit, code, context] : expectations) {
            const auto edited = co_await w.edit(edit);
            REQUIRE(edited.has_error());
            INFO(edited.error().context);
            CHECK(edited.error().code == code);
            CHECK(edited.error().context.find(context) != std::string::npos);
            CHECK(edited.error().context.find('\n') == std::string::npos);
        }
        CHECK(tree_of(w.root()) == before);
    });
}

TEST_CASE("workspace refuses to create over something", "[workspace]") {
    staged_sample sample;
    sample.write("file", "here");
    sample.write("folder/file", "here");
    sample.use(
        [&](workspace& w) -> asio::awaitable<void> {
            const auto before = tree_of(w.root());
            const auto over = co_await w.create({"file", "new"});
            CHECK(over.error().code == errc::file_exists);
            const auto folder = co_await w.create({"folder", "new"});
            CHECK(folder.error().code == errc::file_exists);
            const auto below = co_await w.create({"file/below/it", "new"});
            CHECK(below.error().code == errc::not_a_file);
            const auto large = co_await w.create({"made/large", std::string(101, 'x')});
            CHECK(large.error().code == errc::file_too_large);
            const auto long_name = co_await w.create({"made/" + std::string(300, 'x'), ""});
            CHECK(long_name.error().code == errc::path_invalid);
            CHECK(tree_of(w.root()) == before);
        },
        workspace_limits{.file_bytes = 100}
    );
}

TEST_CASE("workspace refuses to read or edit what is too large or no file", "[workspace]") {
    staged_sample sample;
    sample.write("large", std::string(101, 'x'));
    sample.use(
        [&](workspace& w) -> asio::awaitable<void> {
            fs::create_directory(w.root() / "folder");
            sample.folder.write("run/tree/sparse", "");
            fs::resize_file(w.root() / "sparse", 10ull << 30);
            for (const std::string name : {"large", "sparse"}) {
                riva::edit_file edit{name, {{"x", "y"}}};
                const auto edited = co_await w.edit(edit);
                CHECK(edited.error().code == errc::file_too_large);
                const auto read = co_await w.answer(query{query_kind::read, name, ""});
                CHECK(read.error().code == errc::file_too_large);
            }
            const auto removed = co_await w.remove({"folder"});
            CHECK(removed.error().code == errc::not_a_file);
            const auto missing = co_await w.remove({"nothing"});
            CHECK(missing.error().code == errc::file_missing);
        },
        workspace_limits{.file_bytes = 100}
    );
}

TEST_CASE("workspace edits only one name of a hard-linked file", "[workspace]") {
    staged_sample sample;
    sample.write("a", "text");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto outside = sample.folder / "outside";
        fs::create_hard_link(w.root() / "a", outside);
        riva::edit_file edit{"a", {{"text", "changed"}}};
        const auto edited = co_await w.edit(edit);
        CHECK(edited.has_value());
        CHECK(read_file(w.root() / "a") == "changed");
        CHECK(read_file(outside) == "text");
        CHECK(read_file(w.objects() / sha256("text")) == "text");
    });
}

TEST_CASE("workspace answers queries", "[workspace]") {
    staged_sample sample;
    sample.write("src/a.py", "import os\nx = 'needle'\n");
    sample.write("src/b.py", "needle\n" + std::string(1000, '-') + "needle\n\nneedle");
    sample.write("src/data.bin", std::string("needle\0", 7));
    sample.write("src/line\nbreak", "");
    sample.write("ignored/c.py", "needle");
    sample.write(".gitignore", "ignored/\n");
    sample.write("long.txt", std::string(300'000, 'x'));
    sample.write("latin1.txt", "caf\xe9\n");
    fs::create_symlink("src/a.py", sample.repository() / "link");
    for (int i = 0; i < 2100; ++i) sample.write("many/f" + std::to_string(i), "hit hit\n");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto ask = [&w](query_kind kind, std::string path, std::string pattern) {
            return w.answer(query{kind, std::move(path), std::move(pattern)});
        };
        const auto read = co_await ask(query_kind::read, "src/a.py", "");
        CHECK(read.value() == "import os\nx = 'needle'\n");
        const auto binary = co_await ask(query_kind::read, "src/data.bin", "");
        CHECK(binary.value() == "(binary file of 7 bytes, not shown)\n");
        const auto cut = co_await ask(query_kind::read, "long.txt", "");
        CHECK(cut.value().substr(262'140, 20) == "xxxx\n[cut: the first");
        const auto latin = co_await ask(query_kind::read, "latin1.txt", "");
        CHECK(latin.value() == "caf\xef\xbf\xbd\n");

        const auto listed = co_await ask(query_kind::list, "src/", "");
        CHECK(listed.value() == "src/a.py\nsrc/b.py\nsrc/data.bin\n'src/line\\nbreak'\n");
        const auto all = co_await ask(query_kind::list, ".", "");
        CHECK(all.value().find("\nlink -> src/a.py\n") != std::string::npos);
        CHECK(all.value().find("ignored/") == std::string::npos);
        CHECK(all.value().find("[cut: 2000 of 2108 files are shown") != std::string::npos);
        const auto ignored = co_await ask(query_kind::list, "ignored", "");
        CHECK(ignored.value() == "ignored/c.py\n");

        const auto found = co_await ask(query_kind::search, "", "needle");
        const std::string long_line = std::string(300, '-') + " ...";
        CHECK(
            found.value() ==
            "src/a.py:2: x = 'needle'\nsrc/b.py:1: needle\nsrc/b.py:2: " + long_line +
                "\nsrc/b.py:4: needle\n[ignored files are left out; name their folder to see "
                "them]\n"
        );
        const auto one = co_await ask(query_kind::search, "src/a.py", "os");
        CHECK(one.value() == "src/a.py:1: import os\n");
        const auto none = co_await ask(query_kind::search, "src", "nowhere");
        CHECK(none.value() == "[no line in 'src' holds 'nowhere']\n");
        const auto many = co_await ask(query_kind::search, "many", "hit");
        CHECK(std::count(many.value().begin(), many.value().end(), '\n') == 201);
        const auto empty = co_await ask(query_kind::search, "", "");
        CHECK(empty.error().code == errc::text_missing);
        const auto not_folder = co_await ask(query_kind::list, "src/a.py", "");
        CHECK(not_folder.error().code == errc::not_a_file);
        const auto no_path = co_await ask(query_kind::read, "", "");
        CHECK(no_path.error().code == errc::path_invalid);
        const auto missing = co_await ask(query_kind::list, "nowhere", "");
        CHECK(missing.error().code == errc::file_missing);
    });
}

TEST_CASE("workspace leaves nothing behind when staging is cancelled anywhere", "[workspace]") {
    staged_sample sample;
    for (int i = 0; i < 300; ++i) sample.write("d/f" + std::to_string(i), std::to_string(i));
    bool cut_off = true;
    std::size_t steps = 0;
    for (; cut_off; ++steps) {
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                auto w = co_await workspace::stage(
                    sample.repository(), sample.staged(), sample.blocking()
                );
                auto taken = co_await w.value().take_snapshot();
                auto fork = co_await w.value().fork(sample.folder / "fork");
                co_await fork.value().close();
                CHECK(taken.value() == w.value().base());
            },
            steps
        );
        CHECK_FALSE(fs::exists(sample.folder / "fork"));
        CHECK_FALSE(fs::exists(sample.staged() / "tree"));
        fs::remove_all(sample.staged());
    }
    CHECK(steps > 3);
}

TEST_CASE("workspace removes its tree when closed", "[workspace]") {
    staged_sample sample;
    sample.write("a", "a");
    run([&]() -> asio::awaitable<void> {
        auto w = co_await workspace::stage(sample.repository(), sample.staged(), sample.blocking());
        CHECK(fs::exists(sample.staged() / "tree/a"));
        co_await w.value().close();
        CHECK_FALSE(fs::exists(sample.staged() / "tree"));
    });
}

TEST_CASE("workspace keeps only the objects of a change set", "[workspace]") {
    staged_sample sample;
    sample.write("a", "a");
    sample.write("b", "b");
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        riva::edit_file edit{"a", {{"a", "c"}}};
        co_await w.edit(edit);
        const auto changes = co_await w.changes();
        const auto discarded = co_await w.discard_objects(changes.value());
        CHECK(discarded.has_value());
        std::set<std::string> left;
        for (const auto& entry : fs::directory_iterator(w.objects()))
            left.insert(entry.path().filename());
        CHECK(left == std::set{sha256("a"), sha256("c")});
    });
}

TEST_CASE("workspace stages 20,000 files in seconds", "[workspace][large]") {
    using clock = std::chrono::steady_clock;
    staged_sample sample;
    for (int i = 0; i < 20'000; ++i)
        sample.write(
            "d" + std::to_string(i % 200) + "/f" + std::to_string(i) + ".py",
            "value = " + std::to_string(i) + "\n" +
                std::string(static_cast<std::size_t>(i % 3000), '#')
        );
    const auto start = clock::now();
    const auto ms = [](clock::duration d) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
    };
    run([&]() -> asio::awaitable<void> {
        auto staged =
            co_await workspace::stage(sample.repository(), sample.staged(), sample.blocking());
        workspace w = std::move(staged).value();
        const auto was_staged = clock::now();
        CHECK(w.base().paths().size() == 20'000);
        const auto first = co_await w.take_snapshot();
        const auto first_taken = clock::now();
        const auto second = co_await w.take_snapshot();
        const auto second_taken = clock::now();
        CHECK(first.value() == second.value());
        co_await w.create({"new", "new"});
        const auto rolled_back = co_await w.roll_back(w.base());
        CHECK(rolled_back.has_value());
        const auto back = clock::now();
        auto fork = co_await w.fork(sample.folder / "fork");
        const auto forked = clock::now();
        CHECK(fork.value().base() == w.base());
        std::cout << "20,000 files: stage " << ms(was_staged - start) << " ms, first snapshot "
                  << ms(first_taken - was_staged) << " ms, second snapshot "
                  << ms(second_taken - first_taken) << " ms, roll back " << ms(back - second_taken)
                  << " ms, fork " << ms(forked - back) << " ms\n";
        CHECK(forked - start < std::chrono::seconds(60));
    });
}
