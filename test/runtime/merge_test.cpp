#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::change_kind;
using riva::errc;
using riva::file_change;
using riva::sha256;
using riva::workspace;
using riva::test::read_file;
using riva::test::staged_sample;
using riva::test::tree_of;
using riva::test::tree_with_modes;

namespace {

/// Stages a sample, forks it, and gives both to `body`.
void use_fork(
    staged_sample& sample,
    std::function<asio::awaitable<void>(workspace& parent, workspace& child)> body
) {
    sample.use([&](workspace& parent) -> asio::awaitable<void> {
        auto forked = co_await parent.fork(sample.folder / "fork");
        workspace child = std::move(forked).value();
        co_await body(parent, child);
    });
    CHECK_FALSE(fs::exists(sample.folder / "fork"));
}

riva::edit_file edit(std::string path, std::string find, std::string replace) {
    return {std::move(path), {{std::move(find), std::move(replace)}}};
}

staged_sample& filled(staged_sample& sample) {
    sample.write("a.py", "a = 1\n");
    sample.write("b.py", "b = 1\n");
    sample.write("folder/c.py", "c = 1\n");
    fs::create_directory(sample.repository() / "empty");
    return sample;
}

}  // namespace

TEST_CASE("workspace forks into an equal tree of its own", "[workspace][merge]") {
    staged_sample sample;
    filled(sample).use([&](workspace& parent) -> asio::awaitable<void> {
        parent.protect({"b.py"});
        co_await parent.create({"new.py", "new"});
        auto forked = co_await parent.fork(sample.folder / "fork");
        workspace child = std::move(forked).value();
        CHECK(tree_with_modes(child.root()) == tree_with_modes(parent.root()));
        CHECK(child.objects() == parent.objects());
        CHECK(child.protected_paths() == parent.protected_paths());
        const auto nothing = co_await child.changes();
        CHECK(nothing.value().empty());
        co_await child.remove({"new.py"});
        CHECK(fs::exists(parent.root() / "new.py"));
        const auto gone = co_await child.changes();
        CHECK(gone.value().changes().front().kind == change_kind::deleted);
    });
}

TEST_CASE("workspace takes over what its fork changed", "[workspace][merge]") {
    staged_sample sample;
    use_fork(filled(sample), [](workspace& parent, workspace& child) -> asio::awaitable<void> {
        co_await parent.edit(edit("a.py", "1", "2"));
        co_await child.edit(edit("b.py", "1", "3"));
        co_await child.create({"made/here.py", "x"});
        co_await child.remove({"folder/c.py"});
        fs::remove(child.root() / "folder");
        fs::create_symlink("a.py", child.root() / "link");
        fs::permissions(child.root() / "a.py", fs::perms(0644));
        fs::create_directories(child.root() / "__pycache__");
        const auto taken = co_await parent.merge(child);
        const std::vector<file_change> expected = {
            {"b.py", change_kind::modified, sha256("b = 1\n"), sha256("b = 3\n")},
            {"folder/c.py", change_kind::deleted, sha256("c = 1\n"), ""},
            {"link", change_kind::created, "", sha256("a.py")},
            {"made/here.py", change_kind::created, "", sha256("x")},
        };
        CHECK(taken.value().changes() == expected);
        const std::map<std::string, std::string> tree = {
            {"a.py", "a = 2\n"},
            {"b.py", "b = 3\n"},
            {"empty/", ""},
            {"link", "-> a.py"},
            {"made/", ""},
            {"made/here.py", "x"},
        };
        CHECK(tree_of(parent.root()) == tree);
        const auto back = co_await parent.roll_back(parent.base());
        CHECK(back.has_value());
    });
}

TEST_CASE("workspace merges equal changes of both sides without conflict", "[workspace][merge]") {
    staged_sample sample;
    use_fork(filled(sample), [](workspace& parent, workspace& child) -> asio::awaitable<void> {
        for (workspace* w : {&parent, &child}) {
            co_await w->edit(edit("a.py", "1", "2"));
            co_await w->create({"new.py", "same"});
            co_await w->remove({"b.py"});
        }
        const auto before = tree_of(parent.root());
        const auto taken = co_await parent.merge(child);
        CHECK(taken.value().empty());
        CHECK(tree_of(parent.root()) == before);
    });
}

TEST_CASE(
    "workspace names the files that both sides changed and takes nothing", "[workspace][merge]"
) {
    staged_sample sample;
    use_fork(filled(sample), [](workspace& parent, workspace& child) -> asio::awaitable<void> {
        co_await parent.edit(edit("a.py", "1", "2"));
        co_await child.edit(edit("a.py", "1", "3"));
        co_await parent.remove({"b.py"});
        co_await child.edit(edit("b.py", "1", "3"));
        co_await parent.edit(edit("folder/c.py", "1", "2"));
        co_await child.remove({"folder/c.py"});
        co_await parent.create({"new.py", "one"});
        co_await child.create({"new.py", "two"});
        co_await child.create({"fine.py", "fine"});
        const auto before = tree_with_modes(parent.root());
        const auto taken = co_await parent.merge(child);
        CHECK(taken.error().code == errc::conflict);
        const std::string names = "'a.py', 'b.py', 'folder/c.py', 'new.py'";
        CHECK(taken.error().context.find(names) != std::string::npos);
        CHECK(taken.error().context.find("fine") == std::string::npos);
        CHECK(tree_with_modes(parent.root()) == before);
    });
}

TEST_CASE("workspace merges folders and files that change places", "[workspace][merge]") {
    staged_sample sample;
    SECTION("a folder becomes a file") {
        use_fork(filled(sample), [](workspace& parent, workspace& child) -> asio::awaitable<void> {
            co_await child.remove({"folder/c.py"});
            fs::remove(child.root() / "folder");
            co_await child.create({"folder", "a file"});
            const auto taken = co_await parent.merge(child);
            CHECK(taken.value().files.size() == 2);
            CHECK(read_file(parent.root() / "folder") == "a file");
        });
    }
    SECTION("a folder becomes a file, and the other side made a file in it") {
        use_fork(filled(sample), [](workspace& parent, workspace& child) -> asio::awaitable<void> {
            co_await parent.create({"folder/d.py", "d"});
            co_await child.remove({"folder/c.py"});
            fs::remove(child.root() / "folder");
            co_await child.create({"folder", "a file"});
            const auto taken = co_await parent.merge(child);
            CHECK(taken.error().code == errc::conflict);
            CHECK(taken.error().context.find("'folder/d.py'") != std::string::npos);
        });
    }
    SECTION("one side deletes a folder in which the other makes a file") {
        use_fork(filled(sample), [](workspace& parent, workspace& child) -> asio::awaitable<void> {
            fs::remove_all(parent.root() / "folder");
            co_await child.create({"folder/d.py", "d"});
            const auto taken = co_await parent.merge(child);
            CHECK(taken.value().files.size() == 1);
            CHECK_FALSE(fs::exists(parent.root() / "folder/c.py"));
            CHECK(read_file(parent.root() / "folder/d.py") == "d");
        });
    }
    SECTION("a file on one side is a folder on the other") {
        use_fork(filled(sample), [](workspace& parent, workspace& child) -> asio::awaitable<void> {
            co_await parent.create({"thing", "a file"});
            co_await child.create({"thing/inside", "x"});
            const auto taken = co_await parent.merge(child);
            CHECK(taken.error().code == errc::conflict);
            CHECK(taken.error().context.find("'thing'") != std::string::npos);
        });
    }
}
