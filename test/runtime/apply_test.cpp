#include "random_tree.hpp"
#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>

#include <cstdlib>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::change_kind;
using riva::change_set;
using riva::errc;
using riva::sha256;
using riva::workspace;
using riva::test::read_file;
using riva::test::run;
using riva::test::run_and_cancel_after;
using riva::test::staged_sample;
using riva::test::tree_mutator;
using riva::test::tree_with_modes;

namespace {

/// A change set made in a workspace over the sample, and a copy of the repository to apply it to.
struct prepared {
    staged_sample sample;
    change_set changes;
    std::map<std::string, std::string> result;

    fs::path tree() const { return sample.folder / "user"; }
    fs::path objects() const { return sample.staged() / "objects"; }

    void change(const std::function<void(const fs::path& root)>& with) {
        fs::copy(
            sample.repository(),
            tree(),
            fs::copy_options::recursive | fs::copy_options::copy_symlinks
        );
        sample.use([&](workspace& w) -> asio::awaitable<void> {
            with(w.root());
            auto made = co_await w.changes();
            changes = std::move(made).value();
            result = tree_with_modes(w.root());
        });
    }

    riva::result<void> apply() {
        riva::result<void> outcome;
        run([&]() -> asio::awaitable<void> {
            outcome = co_await riva::apply(changes, objects(), tree(), sample.blocking());
        });
        return outcome;
    }
};

void write(const fs::path& file, std::string_view content) {
    const riva::test::temporary_folder folder;
    fs::create_directories(file.parent_path());
    fs::copy_file(folder.write("f", content), file, fs::copy_options::overwrite_existing);
}

void make_sample(prepared& p) {
    p.sample.write("a.py", "a = 1\n");
    p.sample.write("b.sh", "b\n");
    p.sample.write("folder/c.py", "c\n");
    p.sample.write("folder/deep/d.py", "d\n");
    fs::create_symlink("a.py", p.sample.repository() / "link");
    fs::permissions(p.sample.repository() / "b.sh", fs::perms(0755));
}

void change_sample(const fs::path& root) {
    write(root / "a.py", "a = 2\n");
    fs::permissions(root / "b.sh", fs::perms(0644));
    fs::remove_all(root / "folder/deep");
    write(root / "new folder/new\nfile", "new\n");
    fs::remove(root / "link");
    fs::create_symlink("b.sh", root / "link");
}

}  // namespace

TEST_CASE("apply gives the user's tree what the workspace made", "[apply]") {
    prepared p;
    make_sample(p);
    p.change(change_sample);
    const auto outcome = p.apply();
    INFO((outcome ? "" : outcome.error().context));
    REQUIRE(outcome.has_value());
    CHECK(tree_with_modes(p.tree()) == p.result);

    SECTION("and does nothing when repeated") {
        CHECK(p.apply().has_value());
        CHECK(tree_with_modes(p.tree()) == p.result);
    }
    SECTION("and finishes what was interrupted in the middle") {
        write(p.tree() / "a.py", "a = 1\n");
        fs::remove(p.tree() / "new folder/new\nfile");
        CHECK(p.apply().has_value());
        CHECK(tree_with_modes(p.tree()) == p.result);
    }
}

TEST_CASE("apply keeps permissions that the change does not touch", "[apply]") {
    prepared p;
    make_sample(p);
    p.change([](const fs::path& root) { write(root / "a.py", "a = 2\n"); });
    fs::permissions(p.tree() / "a.py", fs::perms(0600));
    REQUIRE(p.apply().has_value());
    CHECK(read_file(p.tree() / "a.py") == "a = 2\n");
    CHECK(fs::status(p.tree() / "a.py").permissions() == fs::perms(0600));
}

TEST_CASE("apply writes nothing when the tree changed underneath", "[apply]") {
    prepared p;
    make_sample(p);
    p.change(change_sample);
    std::string name;
    SECTION("a file was edited") {
        name = "'a.py'";
        write(p.tree() / "a.py", "a = 3\n");
    }
    SECTION("a file to delete was edited") {
        name = "'folder/deep/d.py'";
        write(p.tree() / "folder/deep/d.py", "mine");
    }
    SECTION("a file to create exists") {
        name = "'new folder/new\\nfile'";
        write(p.tree() / "new folder/new\nfile", "mine");
    }
    SECTION("a file was deleted") {
        name = "'a.py'";
        fs::remove(p.tree() / "a.py");
    }
    SECTION("a file became a folder") {
        name = "'a.py'";
        fs::remove(p.tree() / "a.py");
        write(p.tree() / "a.py/inside", "mine");
    }
    SECTION("a link became a file with the same content") {
        name = "'link'";
        fs::remove(p.tree() / "link");
        write(p.tree() / "link", "a.py");
    }
    const auto before = tree_with_modes(p.tree());
    const auto outcome = p.apply();
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == errc::conflict);
    INFO(outcome.error().context);
    CHECK(outcome.error().context.find(name) != std::string::npos);
    CHECK(tree_with_modes(p.tree()) == before);
}

TEST_CASE("apply refuses folders that are symbolic links", "[apply]") {
    prepared p;
    make_sample(p);
    p.change(change_sample);
    const auto outside = p.sample.folder / "outside";
    fs::rename(p.tree() / "folder", outside);
    fs::create_directory_symlink(outside, p.tree() / "folder");
    const auto before = tree_with_modes(p.sample.folder.path());
    const auto outcome = p.apply();
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == errc::path_symlink);
    CHECK(outcome.error().context.find("'folder'") != std::string::npos);
    CHECK(tree_with_modes(p.sample.folder.path()) == before);
}

TEST_CASE("apply refuses paths that lead outside or to metadata", "[apply]") {
    prepared p;
    make_sample(p);
    p.change(change_sample);
    const auto before = tree_with_modes(p.sample.folder.path());
    for (const auto& [path, code] : std::map<std::string, errc>{
             {"../evil", errc::path_outside},
             {"/tmp/evil", errc::path_outside},
             {"a//b", errc::path_invalid},
             {"", errc::path_invalid},
             {".git/hooks/pre-commit", errc::path_protected},
             {"sub/.GIT/config", errc::path_protected},
             {"riva.toml", errc::path_protected},
         }) {
        change_set with = p.changes;
        const std::string hash = sha256("a = 2\n");
        with.files.push_back({{path, change_kind::created, "", hash}, 0, 0644});
        std::swap(with, p.changes);
        const auto outcome = p.apply();
        std::swap(with, p.changes);
        INFO(path);
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().code == code);
        CHECK(tree_with_modes(p.sample.folder.path()) == before);
    }
}

TEST_CASE("apply puts back what it wrote when a later file cannot be written", "[apply]") {
    prepared p;
    make_sample(p);
    SECTION("an object is missing") {
        p.change(change_sample);
        fs::remove(p.objects() / sha256("new\n"));
    }
    SECTION("an object is damaged") {
        p.change(change_sample);
        fs::remove(p.objects() / sha256("new\n"));
        write(p.objects() / sha256("new\n"), "other");
    }
    SECTION("a file is immutable") {
        p.change([](const fs::path& root) {
            change_sample(root);
            write(root / "folder/c.py", "changed\n");
        });
        const std::string file = (p.tree() / "folder/c.py").string();
        if (std::system(("chattr +i '" + file + "' 2>/dev/null").c_str()) != 0) {
            WARN("skipped: files cannot be made immutable here");
            return;
        }
        const auto before = tree_with_modes(p.tree());
        const auto outcome = p.apply();
        CHECK(std::system(("chattr -i '" + file + "'").c_str()) == 0);
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().code == errc::io_failed);
        CHECK(tree_with_modes(p.tree()) == before);
        return;
    }
    const auto before = tree_with_modes(p.tree());
    const auto outcome = p.apply();
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().code == errc::content_lost);
    CHECK(tree_with_modes(p.tree()) == before);
}

TEST_CASE("apply lets files and folders change places", "[apply]") {
    prepared p;
    make_sample(p);
    p.change([](const fs::path& root) {
        fs::remove_all(root / "folder");
        write(root / "folder", "a file now");
        fs::remove(root / "a.py");
        write(root / "a.py/inside", "a folder now");
    });
    SECTION("when nothing else is there") {
        const auto outcome = p.apply();
        INFO((outcome ? "" : outcome.error().context));
        REQUIRE(outcome.has_value());
        CHECK(tree_with_modes(p.tree()) == p.result);
        CHECK(p.apply().has_value());
    }
    SECTION("but not over files of the user's") {
        write(p.tree() / "folder/mine", "mine");
        const auto before = tree_with_modes(p.tree());
        CHECK(p.apply().error().code == errc::conflict);
        CHECK(tree_with_modes(p.tree()) == before);
    }
}

TEST_CASE("apply makes a folder in the place of a symbolic link", "[apply]") {
    prepared p;
    make_sample(p);
    fs::create_directory_symlink("folder", p.sample.repository() / "way");
    p.change([](const fs::path& root) {
        fs::remove(root / "way");
        write(root / "way/c.py", "a file of its own\n");
    });
    SECTION("that is as it was") {
        const auto outcome = p.apply();
        INFO((outcome ? "" : outcome.error().context));
        REQUIRE(outcome.has_value());
        CHECK(tree_with_modes(p.tree()) == p.result);
        CHECK(p.apply().has_value());
    }
    SECTION("but not of another one") {
        fs::remove(p.tree() / "way");
        fs::create_directory_symlink("folder/deep", p.tree() / "way");
        const auto before = tree_with_modes(p.tree());
        CHECK(p.apply().error().code == errc::conflict);
        CHECK(tree_with_modes(p.tree()) == before);
    }
    SECTION("and puts it back when a file cannot be written") {
        fs::remove(p.objects() / sha256("a file of its own\n"));
        const auto before = tree_with_modes(p.tree());
        CHECK(p.apply().error().code == errc::content_lost);
        CHECK(tree_with_modes(p.tree()) == before);
    }
}

TEST_CASE("apply cancelled anywhere has written everything or nothing", "[apply]") {
    prepared p;
    make_sample(p);
    p.change(change_sample);
    const auto before = tree_with_modes(p.tree());
    bool cut_off = true;
    for (std::size_t steps = 0; cut_off; ++steps) {
        cut_off = run_and_cancel_after(
            [&]() -> asio::awaitable<void> {
                const auto outcome =
                    co_await riva::apply(p.changes, p.objects(), p.tree(), p.sample.blocking());
                CHECK(outcome.has_value());
            },
            steps
        );
        const auto after = tree_with_modes(p.tree());
        CHECK((after == before || after == p.result));
    }
    CHECK(tree_with_modes(p.tree()) == p.result);
}

TEST_CASE("apply gives any mutation of a tree", "[apply]") {
    const unsigned seed = riva::test::random_seed();
    INFO("seed " << seed);
    for (unsigned round = 0; round < 15; ++round) {
        prepared p;
        tree_mutator build(p.sample.repository(), seed + round);
        for (int i = 0; i < 20; ++i) build.mutate();
        riva::test::remove_fifos(p.sample.repository());
        p.change([&](const fs::path& root) {
            tree_mutator mutate(root, seed - round - 1);
            for (int i = 0; i < 10; ++i) mutate.mutate();
        });
        const auto outcome = p.apply();
        INFO("round " << round << (outcome ? "" : ": " + outcome.error().context));
        REQUIRE(outcome.has_value());
        // Folders and special files are no part of a change set.
        const auto files = [](std::map<std::string, std::string> tree) {
            std::erase_if(tree, [](const auto& e) {
                return e.first.ends_with('/') || e.second.starts_with("(special)");
            });
            return tree;
        };
        REQUIRE(files(tree_with_modes(p.tree())) == files(p.result));
    }
}
