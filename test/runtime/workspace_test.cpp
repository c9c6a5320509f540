#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>

#include <algorithm>
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
using riva::test::staged_sample;
using riva::test::tree_of;

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
