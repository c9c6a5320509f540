#include "staged_sample.hpp"

#include <riva/runtime/digest.hpp>

#include <tree_manifest.hpp>

#include <filesystem>
#include <fstream>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::errc;
using riva::workspace;
using riva::test::read_file;
using riva::test::run;
using riva::test::run_and_cancel_after;
using riva::test::staged_sample;
using riva::test::tree_with_modes;

namespace {

/// A run whose process was killed: its folder is as it was then.
class abandoned_run {
public:
    abandoned_run() {
        sample.write(".gitignore", "*.log\n");
        sample.write("a.txt", "a\n");
        sample.write("folder/b.txt", "b\n");
        sample.write("build.log", "built\n");
        run([this] { return begin(); });
        // Leftovers that the destructors of a killed process do not remove.
        fs::create_directories(sample.staged() / "tree/folder");
        fs::create_directories(sample.staged() / "fork-1/tree");
        sample.folder.write("run/tree/half written", "x");
        fs::permissions(sample.staged() / "tree/folder", fs::perms::none);
    }

    riva::result<workspace> stage_again() {
        std::optional<riva::result<workspace>> again;
        run([&] { return stage_again_into(again); });
        return std::move(*again);
    }

    asio::awaitable<void> stage_again_into(std::optional<riva::result<workspace>>& again) {
        again = co_await workspace::stage_again(
            sample.repository(), sample.staged(), base, kept, sample.blocking()
        );
    }

    staged_sample sample;
    std::string base;
    riva::change_set kept;  ///< when it is staged again

private:
    asio::awaitable<void> begin() {
        auto w = co_await workspace::stage(sample.repository(), sample.staged(), sample.blocking());
        base = w->base().tree_hash();
    }
};

}  // namespace

TEST_CASE("a workspace is staged again in its folder, without what was left there", "[again]") {
    abandoned_run r;
    const auto again = r.stage_again();
    REQUIRE(again.has_value());
    CHECK(again->base().tree_hash() == r.base);
    CHECK(tree_with_modes(again->root()) == tree_with_modes(r.sample.repository()));
    CHECK_FALSE(fs::exists(r.sample.staged() / "fork-1"));
}

TEST_CASE("a workspace is staged again where its folder is gone", "[again]") {
    abandoned_run r;
    fs::permissions(r.sample.staged() / "tree/folder", fs::perms::owner_all);
    fs::remove_all(r.sample.staged());
    const auto again = r.stage_again();
    REQUIRE(again.has_value());
    CHECK(again->base().tree_hash() == r.base);
}

TEST_CASE("a repository that was changed meanwhile is a conflict that names files", "[again]") {
    abandoned_run r;
    r.sample.write("folder/b.txt", "the user's\n");
    r.sample.write("new.txt", "new\n");
    for (int i = 0; i < 2; ++i) {
        const auto again = r.stage_again();
        REQUIRE(again.has_error());
        CHECK(again.error().code == errc::conflict);
        INFO(again.error().context);
        CHECK(again.error().context.find("folder/b.txt") != std::string::npos);
        CHECK(again.error().context.find("new.txt") != std::string::npos);
        CHECK(again.error().context.find("a.txt") == std::string::npos);
        CHECK(read_file(r.sample.repository() / "folder/b.txt") == "the user's\n");
        CHECK_FALSE(fs::exists(r.sample.staged() / "tree"));
    }
    r.sample.write("folder/b.txt", "b\n");
    fs::remove(r.sample.repository() / "new.txt");
    CHECK(r.stage_again().has_value());
}

TEST_CASE(
    "a change that may still be applied is kept when its workspace is staged again", "[again]"
) {
    abandoned_run r;
    const auto objects = r.sample.staged() / "objects";
    const auto put = [&](const std::string& content) {
        const std::string hash = riva::sha256(content);
        std::ofstream(objects / hash) << content;
        return hash;
    };
    const std::string damaged = riva::sha256("damaged");
    std::ofstream(objects / damaged) << "dam";
    const std::string after = put("a, changed\n");
    const std::string other = put("of no use any more\n");
    riva::changed_file file;
    file.change = {"a.txt", riva::change_kind::modified, riva::sha256("a\n"), after};
    r.kept.files = {file, file};
    r.kept.files[1].change.after = damaged;

    REQUIRE(r.stage_again().has_value());
    CHECK(read_file(objects / after) == "a, changed\n");
    CHECK_FALSE(fs::exists(objects / other));
    CHECK_FALSE(fs::exists(objects / damaged));

    r.sample.write("a.txt", "of the user\n");
    REQUIRE(r.stage_again().has_error());
    CHECK(read_file(objects / after) == "a, changed\n");
    CHECK(read_file(objects / file.change.before) == "a\n");
}

TEST_CASE("a conflict is one also when the record of the files is lost", "[again]") {
    abandoned_run r;
    fs::remove(r.sample.staged() / "objects" / r.base);
    CHECK(r.stage_again().has_value());
    r.sample.write("a.txt", "b\n");
    fs::remove(r.sample.staged() / "objects" / r.base);
    const auto again = r.stage_again();
    REQUIRE(again.has_error());
    CHECK(again.error().code == errc::conflict);
}

TEST_CASE("caches and what .gitignore names may change meanwhile", "[again]") {
    abandoned_run r;
    r.sample.write("build.log", "built again\n");
    r.sample.write("folder/__pycache__/b.pyc", "x");
    CHECK(r.stage_again().has_value());
    r.sample.write(".gitignore", "*.txt\n");
    CHECK(r.stage_again().has_error());
}

TEST_CASE("what an ended workspace keeps for another time names the files", "[again]") {
    abandoned_run r;
    {
        auto again = r.stage_again();
        run([&]() -> asio::awaitable<void> {
            return [](workspace& w) -> asio::awaitable<void> {
                (co_await w.discard_objects({}, true)).value();
            }(*again);
        });
    }
    r.sample.write("a.txt", "b\n");
    const auto conflict = r.stage_again();
    REQUIRE(conflict.has_error());
    CHECK(conflict.error().context.find("a.txt") != std::string::npos);
}

TEST_CASE(
    "a workspace that was cancelled while it was staged again can be so once more", "[again]"
) {
    abandoned_run r;
    bool cut = true;
    for (std::size_t steps = 0; cut; ++steps) {
        std::optional<riva::result<workspace>> again;
        cut = run_and_cancel_after([&] { return r.stage_again_into(again); }, steps);
        again.reset();
    }
    r.sample.write("a.txt", "b\n");
    CHECK(r.stage_again().has_error());
    r.sample.write("a.txt", "a\n");
    CHECK(r.stage_again().has_value());
}

TEST_CASE("a tree as text has the hash of the tree, and is read back", "[again]") {
    std::vector<riva::tree_entry> entries(3);
    entries[0].path = "a\nb";
    entries[0].hash = "h";
    entries[0].mode = 0755;
    entries[1].path = "c d";
    entries[1].kind = riva::entry_kind::folder;
    entries[2].path = "c d/e\xff";
    entries[2].kind = riva::entry_kind::symlink;
    entries[2].mode = riva::symlink_mode;
    entries[2].hash = "t";
    const riva::tree_manifest tree(entries);
    const std::string text = to_text(tree);
    CHECK(riva::sha256(text) == tree.hash);
    const auto read = riva::manifest_from_text(text);
    REQUIRE(read.has_value());
    CHECK(read->hash == tree.hash);
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        const auto part = riva::manifest_from_text(text.substr(0, cut));
        CHECK((!part || part->hash != tree.hash));
    }
    CHECK(riva::manifest_from_text("")->entries.empty());
    CHECK_FALSE(riva::manifest_from_text("x644 a" + std::string(1, '\0') + "h\n").has_value());
}
