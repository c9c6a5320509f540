// What is learnt from a repository after riva has written to it.

#include <riva/agents/learning.hpp>

#include "catch.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/digest.hpp>

#include <map>
#include <string>

using namespace riva;
using agents::lessons;
using Catch::Contains;
using memory::entry_kind;
using riva::test::temporary_folder;
using strings = std::vector<std::string>;

namespace {

constexpr memory::memory_time noon{std::chrono::milliseconds(1'790'000'000'000)};

/// A repository with what riva has written to it.
struct written_repository {
    temporary_folder repository, state;
    std::unique_ptr<memory::project_memory> kept =
        memory::project_memory::open(state / "riva.db").value();

    std::string store(const std::string& run, const std::string& content) const {
        if (content.empty()) return {};
        const std::string digest = sha256(content);
        state.write("runs/" + run + "/objects/" + digest, content);
        return digest;
    }

    /// Lets a run change files from one content to another; empty: there is none.
    void apply(
        const std::string& run,
        const std::map<std::string, std::pair<std::string, std::string>>& files
    ) const {
        agents::applied_change change{run, 7, "add a thing", {}};
        for (const auto& [path, content] : files) {
            changed_file file;
            file.change = {
                path, change_kind::modified, store(run, content.first), store(run, content.second)
            };
            change.changes.files.push_back(file);
            set(path, content.second);
        }
        REQUIRE(agents::watch_change(*kept, repository.path(), change, noon).has_value());
    }

    void set(const std::string& path, const std::string& content) const {
        if (content.empty())
            std::filesystem::remove(repository / path);
        else
            repository.write(path, content);
    }

    lessons learn() const {
        return agents::learn_from_edits(*kept, repository.path(), state / "runs", noon).value();
    }

    std::vector<memory::project_entry> known() const {
        return kept->list(repository.path().string(), {}).value();
    }
};

}  // namespace

TEST_CASE("a line of riva's that the user changed becomes a correction, once", "[learning]") {
    const written_repository r;
    r.apply("r1", {{"src/a.py", {"", "def f(x):\n    print(x)\n"}}});
    CHECK(r.learn().recorded.empty());
    r.set("src/a.py", "def f(x):\n    log.info(x)\n");
    const auto learnt = r.learn();
    REQUIRE(learnt.recorded.size() == 1);
    CHECK(learnt.corrected == strings{"r1"});
    CHECK(learnt.reverted.empty());
    const auto& e = learnt.recorded.front();
    CHECK(e.kind == entry_kind::correction);
    CHECK(e.by == memory::told_by::learnt);
    CHECK(e.text == "-    print(x)\n+    log.info(x)\n");
    CHECK(e.paths == strings{"src/a.py"});
    CHECK(e.evidence == std::vector<memory::entry_evidence>{{"r1", 7, "src/a.py", e.text}});
    r.set("src/a.py", "def f(x):\n    log.warning(x)\n");
    CHECK(r.learn().recorded.empty());
    CHECK(r.known().size() == 1);
}

TEST_CASE(
    "what the user changed elsewhere teaches nothing, and the file is looked at on", "[learning]"
) {
    const written_repository r;
    r.apply("r1", {{"a.py", {"old = 1\n", "old = 1\nnew = print\n"}}});
    r.set("a.py", "old = 2\nnew = print\n\nmore = 3\n");
    CHECK(r.learn().recorded.empty());
    r.set("a.py", "old = 2\nnew = logger\n\nmore = 3\n");
    CHECK(r.learn().recorded.size() == 1);
}

TEST_CASE("the same correction of two runs becomes a pattern", "[learning]") {
    const written_repository r;
    r.apply("r1", {{"a.py", {"", "print(one)\n"}}});
    r.set("a.py", "log.info(one)\n");
    CHECK(r.learn().recorded.size() == 1);
    r.apply("r2", {{"b/c.py", {"", "x = 1\nprint(two, 2)\n"}}, {"c.js", {"", "print(three)\n"}}});
    r.set("b/c.py", "x = 1\nlog.info(two, 2)\n");
    r.set("c.js", "log.info(three)\n");
    const auto learnt = r.learn();
    CHECK(learnt.corrected == strings{"r2"});
    REQUIRE(learnt.recorded.size() == 3);
    const auto& pattern = learnt.recorded[1];
    CHECK(pattern.kind == entry_kind::pattern);
    CHECK(pattern.text == "Where riva wrote `print`, it was changed to `log.info`.");
    CHECK(pattern.paths == strings{"*.py"});
    CHECK(pattern.count == 2);
    CHECK(pattern.evidence.size() == 2);
}

TEST_CASE("numbers that were changed twice are no pattern", "[learning]") {
    const written_repository r;
    for (const std::string run : {"r1", "r2"}) {
        r.apply(run, {{run + ".py", {"", "limit(1)\n"}}});
        r.set(run + ".py", "limit(2)\n");
        for (const auto& e : r.learn().recorded) CHECK(e.kind == entry_kind::correction);
    }
    CHECK(r.known().size() == 1);
    CHECK(r.known().front().count == 2);
}

TEST_CASE("a change that is gone again was taken back", "[learning]") {
    const written_repository r;
    r.apply("r1", {{"a.py", {"a = 1\n", "a = 2\n"}}, {"b.py", {"", "b = 1\n"}}});
    r.set("a.py", "a = 1\n");
    SECTION("all of it") {
        r.set("b.py", "");
        const auto learnt = r.learn();
        CHECK(learnt.reverted == strings{"r1"});
        const std::vector<agents::taken_back_file> both{{"r1", "a.py"}, {"r1", "b.py"}};
        CHECK(learnt.taken_back == both);
        CHECK(learnt.corrected.empty());
        REQUIRE(learnt.recorded.size() == 1);
        CHECK(
            learnt.recorded.front().text ==
            "The whole change was taken back that riva had made for: add a thing"
        );
        CHECK(learnt.recorded.front().paths == strings{"a.py", "b.py"});
        CHECK(r.kept->watched(r.repository.path().string()).value().empty());
    }
    SECTION("one file, and the other one later") {
        auto learnt = r.learn();
        CHECK(learnt.corrected == strings{"r1"});
        CHECK(learnt.taken_back == std::vector<agents::taken_back_file>{{"r1", "a.py"}});
        REQUIRE(learnt.recorded.size() == 1);
        CHECK_THAT(learnt.recorded.front().text, Contains("The change of a.py was taken back"));
        r.set("b.py", "");
        learnt = r.learn();
        CHECK(learnt.reverted.empty());
        REQUIRE(learnt.recorded.size() == 1);
        CHECK_THAT(learnt.recorded.front().text, Contains("The change of b.py was taken back"));
    }
}

TEST_CASE("another branch teaches nothing", "[learning]") {
    const written_repository r;
    r.repository.write(".git/HEAD", "ref: refs/heads/main\n");
    r.apply("r1", {{"a.py", {"a = 1\n", "a = 2\n"}}});
    r.set("a.py", "a = 1\n");
    r.repository.write(".git/HEAD", "ref: refs/heads/other\n");
    CHECK(r.learn().recorded.empty());
    r.repository.write(".git/HEAD", "ref: refs/heads/main\n");
    CHECK(r.learn().reverted == strings{"r1"});
}

TEST_CASE(
    "nothing is learnt from what cannot be read, or is not the user's", "[learning][bad input]"
) {
    const written_repository r;
    const std::string ours = "def f(x):\n    print(x)\n";
    r.apply("r1", {{"a.py", {"", ours}}});
    SECTION("a link to elsewhere") {
        r.state.write("secret", "password\n");
        std::filesystem::remove(r.repository / "a.py");
        std::filesystem::create_symlink(r.state / "secret", r.repository / "a.py");
    }
    SECTION("a folder") {
        std::filesystem::remove(r.repository / "a.py");
        std::filesystem::create_directory(r.repository / "a.py");
    }
    SECTION("a binary file") {
        r.set("a.py", std::string("a\0b", 3));
    }
    SECTION("a huge file") {
        r.set("a.py", std::string(3 << 20, 'x'));
    }
    SECTION("what riva wrote is gone") {
        std::filesystem::remove_all(r.state / "runs");
        r.set("a.py", "def f(x):\n    log(x)\n");
    }
    SECTION("what riva wrote was tampered with") {
        r.state.write("runs/r1/objects/" + sha256(ours), "x\n");
        r.set("a.py", "def f(x):\n    log(x)\n");
    }
    SECTION("a later change of riva's") {
        r.apply("r2", {{"a.py", {ours, "def f(x):\n    log(x)\n"}}});
    }
    CHECK(r.learn().recorded.empty());
    CHECK(r.known().empty());
}

TEST_CASE("two repositories share nothing that was learnt", "[learning]") {
    const written_repository r;
    const temporary_folder other;
    r.apply("r1", {{"a.py", {"", "print(one)\n"}}});
    other.write("a.py", "log(one)\n");
    const auto learnt = agents::learn_from_edits(*r.kept, other.path(), r.state / "runs", noon);
    CHECK(learnt.value().recorded.empty());
    r.set("a.py", "log(one)\n");
    CHECK(r.learn().recorded.size() == 1);
    CHECK(r.kept->list(other.path().string(), {}).value().empty());
}
