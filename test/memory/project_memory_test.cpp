#include <riva/memory/project_memory.hpp>

#include "catch.hpp"
#include "journal_fixture.hpp"
#include "temporary_folder.hpp"

#include <riva/memory/error.hpp>

#include <index_words.hpp>
#include <path_match.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

namespace riva::memory::test {

using Catch::Contains;
using riva::test::temporary_folder;
using entries = std::vector<project_entry>;
using texts = std::vector<std::string>;

namespace {

constexpr memory_time noon{std::chrono::milliseconds(1'790'000'000'000)};
constexpr memory_time later = noon + std::chrono::hours(1);

/// A database in a folder of its own.
struct kept_memory {
    temporary_folder folder;
    std::filesystem::path file = folder / "riva.db";
    std::unique_ptr<project_memory> memory = project_memory::open(file).value();

    project_memory* operator->() const { return memory.get(); }

    void reopen() {
        memory.reset();
        memory = project_memory::open(file).value();
    }

    void damage(const std::string& sql) {
        memory.reset();
        riva::test::change(file, sql);
        memory = project_memory::open(file).value();
    }
};

new_entry decision(std::string text, std::vector<std::string> paths = {}) {
    return {.text = std::move(text), .paths = std::move(paths)};
}

new_entry correction(std::string text, const std::string& run, std::string rule = "") {
    new_entry made;
    made.kind = entry_kind::correction;
    made.by = told_by::learnt;
    made.text = std::move(text);
    made.paths = {"src/a.py"};
    made.key = "print to log";
    made.rule = std::move(rule);
    made.rule_paths = {"*.py"};
    made.evidence = {{run, 7, "src/a.py", "-print(x)\n+log(x)\n"}};
    return made;
}

watched_change change_of(const std::string& run, std::vector<watched_file> files) {
    const auto count = static_cast<std::int64_t>(files.size());
    return {0, run, 9, "do it", "refs/heads/main", std::move(files), count};
}

texts texts_of(const result<entries>& found) {
    texts all;
    for (const auto& e : found.value()) all.push_back(e.text);
    return all;
}

texts recalled(const kept_memory& from, const std::string& words, texts files = {}) {
    return texts_of(from->recall("/a", {.words = words, .files = std::move(files)}));
}

}  // namespace

TEST_CASE("what is remembered outlives the connection, by project", "[project_memory]") {
    kept_memory kept;
    const auto added = kept->add("/a", decision("No new dependencies", {"src/*.py"}), noon);
    REQUIRE(added.has_value());
    CHECK(added->by == told_by::user);
    CHECK(added->created == noon);
    REQUIRE(kept->add("/b", decision("Tabs"), noon).has_value());
    kept.reopen();
    CHECK(kept->list("/a", {}).value() == entries{*added});
    CHECK(texts_of(kept->list("/b", {})) == texts{"Tabs"});
    CHECK(kept->list("/c", {}).value().empty());
    CHECK(kept->list("/a", entry_kind::pattern).value().empty());
    CHECK(kept->forget("/b", added->id).error().code == errc::unknown_entry);
    CHECK(kept->recall("/b", {.words = "new dependencies"}).value().front().text == "Tabs");
}

TEST_CASE("an entry is found by its words and by its files, rare words first", "[project_memory]") {
    kept_memory kept;
    for (const auto* text :
         {"Use the logger for output", "Merge intervals with a stable sort", "Output is UTF-8"})
        REQUIRE(
            kept->add("/a", {.kind = entry_kind::correction, .text = text, .paths = {"*.py"}}, noon)
                .has_value()
        );
    REQUIRE(kept->add("/a", decision("Docs are short", {"docs/**"}), noon).has_value());
    CHECK(recalled(kept, "write a logger") == texts{"Use the logger for output"});
    CHECK(recalled(kept, "fix mergeInterval()") == texts{"Merge intervals with a stable sort"});
    CHECK(recalled(kept, "the stable output logger").front() == "Use the logger for output");
    CHECK(recalled(kept, "nothing of it").empty());
    // A file that is named leaves out what concerns others.
    CHECK(recalled(kept, "short logger docs", {"docs/a/b.md"}) == texts{"Docs are short"});
    CHECK(recalled(kept, "go on", {"src/x.py"}).size() == 3);
}

TEST_CASE("what the user said of all files is always found", "[project_memory]") {
    kept_memory kept;
    REQUIRE(kept->add("/a", decision("No new dependencies"), noon).has_value());
    new_entry learnt = correction("-print\n+log", "r1");
    learnt.paths.clear();
    REQUIRE(kept->add("/a", learnt, noon).has_value());
    CHECK(recalled(kept, "fix merge()") == texts{"No new dependencies"});
    CHECK(recalled(kept, "fix merge()", {"src/x.py"}) == texts{"No new dependencies"});
}

TEST_CASE("foreign text never becomes syntax of the search", "[project_memory][bad input]") {
    kept_memory kept;
    REQUIRE(
        kept->add("/a", decision("He said \"NEAR(a b, 1) OR words:*\"", {"*.py"}), noon).has_value()
    );
    for (const std::string words :
         {"\"",
          "\" OR \"",
          "NEAR(",
          "words : a",
          "a*",
          "^a",
          "-a",
          "a AND",
          "(",
          "{words}: x",
          "\x80\xFF\xFE",
          "a\0b",
          "'; DROP TABLE memory_entries; --"})
        CHECK(kept->recall("/a", {.words = words, .files = {words}}).has_value());
    CHECK(recalled(kept, "said near").size() == 1);
    // No text of one project can be found as one of another.
    REQUIRE(kept->add("/b", decision("p1xsecret p2xsecret", {"*.py"}), noon).has_value());
    CHECK(recalled(kept, "secret").empty());
}

TEST_CASE("what is forgotten is shown no more, and stays as evidence", "[project_memory]") {
    kept_memory kept;
    const auto id = kept->add("/a", correction("-print\n+log", "r1"), noon).value().id;
    CHECK(recalled(kept, "print").size() == 1);
    CHECK(kept->forget("/a", id).value().revoked);
    CHECK(recalled(kept, "print").empty());
    CHECK(kept->list("/a", {}).value().empty());
    REQUIRE(kept->list("/a", {}, true).value().size() == 1);
    CHECK(kept->list("/a", {}, true).value().front().evidence.size() == 1);
    // Seen again it counts, and stays forgotten.
    const auto again = kept->add("/a", correction("-print\n+log", "r2"), later).value();
    CHECK(again.id == id);
    CHECK(again.count == 2);
    CHECK(again.revoked);
    CHECK(recalled(kept, "print").empty());
    CHECK(kept->erase("/a", id).value().id == id);
    CHECK(kept->list("/a", {}, true).value().empty());
    CHECK(kept->add("/a", correction("-print\n+log", "r1"), later).value().id > id);
}

TEST_CASE("several are remembered together or not at all", "[project_memory]") {
    kept_memory kept;
    auto forgotten = decision("old ways");
    forgotten.revoked = true;
    REQUIRE(kept->add_all("/a", {decision("new ways"), forgotten}, noon).value().size() == 2);
    CHECK(recalled(kept, "ways") == texts{"new ways"});
    CHECK(kept->list("/a", {}, true).value().size() == 2);
    CHECK_FALSE(kept->add_all("/a", {decision("x"), decision("")}, noon).has_value());
    CHECK(kept->list("/a", {}, true).value().size() == 2);
    auto no_more = decision("new ways");
    no_more.revoked = true;
    REQUIRE(kept->add("/a", no_more, noon).has_value());
    CHECK(recalled(kept, "ways").empty());
}

TEST_CASE("the user can say again what was forgotten", "[project_memory]") {
    kept_memory kept;
    const auto id = kept->add("/a", decision("Tabs"), noon).value().id;
    REQUIRE(kept->forget("/a", id).has_value());
    const auto again = kept->add("/a", decision("Tabs"), later).value();
    CHECK(again.id == id);
    CHECK_FALSE(again.revoked);
    CHECK(again.created == noon);
    CHECK(recalled(kept, "indent").size() == 1);
}

TEST_CASE(
    "a correction that two runs share becomes a pattern, with its evidence", "[project_memory]"
) {
    kept_memory kept;
    REQUIRE(kept->watch("/a", change_of("r1", {{"src/a.py", "", "d1"}}), noon).has_value());
    REQUIRE(kept->watch("/a", change_of("r2", {{"src/b.py", "", "d2"}}), noon).has_value());
    const auto watches = kept->watched("/a").value();
    REQUIRE(watches.size() == 2);
    const auto first = kept->conclude(
        "/a",
        {watches[0].id, {"src/a.py"}, {correction("-print\n+log", "r1", "log, not print")}},
        noon
    );
    CHECK(texts_of(first) == texts{"-print\n+log"});
    const watch_finding finding{
        watches[1].id, {"src/b.py"}, {correction("-print\n+log", "r2", "log, not print")}
    };
    const auto second = kept->conclude("/a", finding, later).value();
    REQUIRE(second.size() == 2);
    CHECK(second[0].count == 2);
    CHECK(second[1].kind == entry_kind::pattern);
    CHECK(second[1].by == told_by::learnt);
    CHECK(second[1].text == "log, not print");
    CHECK(second[1].paths == texts{"*.py"});
    CHECK(second[1].evidence.size() == 2);
    // The watch has ended: nothing is learnt twice.
    CHECK(kept->conclude("/a", finding, later).value().empty());
    CHECK(kept->watched("/a").value().empty());
}

TEST_CASE("the same correction in one run alone is no pattern", "[project_memory]") {
    kept_memory kept;
    REQUIRE(kept->watch("/a", change_of("r1", {{"src/a.py", "", "d1"}}), noon).has_value());
    auto twice = correction("-print\n+log", "r1", "log, not print");
    twice.evidence.push_back({"r1", 7, "src/a.py", "-print(y)\n+log(y)\n"});
    const auto id = kept->watched("/a").value().front().id;
    const auto learnt = kept->conclude("/a", {id, {"src/a.py"}, {twice}}, noon).value();
    REQUIRE(learnt.size() == 1);
    CHECK(learnt.front().count == 2);
}

TEST_CASE("a later change takes over the files of earlier ones", "[project_memory]") {
    kept_memory kept;
    REQUIRE(kept->watch("/a", change_of("r1", {{"a", "1", "2"}, {"b", "", "3"}}), noon).has_value()
    );
    REQUIRE(kept->watch("/a", change_of("r2", {{"a", "2", "4"}}), noon).has_value());
    auto all = kept->watched("/a").value();
    REQUIRE(all.size() == 2);
    CHECK(all[0].files == std::vector<watched_file>{{"b", "", "3"}});
    CHECK(all[1].run == "r2");
    for (int i = 0; i < 40; ++i)
        REQUIRE(
            kept->watch(
                    "/a", change_of("s" + std::to_string(i), {{std::to_string(i), "", "5"}}), noon
            )
                .has_value()
        );
    all = kept->watched("/a").value();
    CHECK(all.size() == 32);
    CHECK(all.back().run == "s39");
}

TEST_CASE("prompts leave a mark on what they showed", "[project_memory]") {
    kept_memory kept;
    const auto id = kept->add("/a", decision("Tabs"), noon).value().id;
    CHECK_FALSE(kept->list("/a", {}).value().front().used.has_value());
    REQUIRE(kept->mark_used("/a", {id, 99}, later).has_value());
    CHECK(kept->list("/a", {}).value().front().used == later);
}

TEST_CASE("what cannot be remembered is refused with one sentence", "[project_memory][bad input]") {
    kept_memory kept;
    std::vector<new_entry> bad = {
        decision(""),
        decision(" \n\t"),
        decision(std::string(5 << 20, 'x')),
        decision(std::string("a\0b", 3)),
        decision("x", {"/etc/passwd"}),
        decision("x", {""}),
        decision("x", {"a\nb"}),
        decision("x", texts(33, "a")),
        decision("x", {std::string(600, 'p')})
    };
    for (const auto& what : bad) {
        const auto added = kept->add("/a", what, noon);
        REQUIRE_FALSE(added.has_value());
        CHECK(added.error().code == errc::bad_entry);
        CHECK(added.error().context.ends_with("."));
        CHECK(added.error().context.size() < 300);
    }
    CHECK(kept->list("/a", {}, true).value().empty());
}

TEST_CASE("a row that nobody has written is an error", "[project_memory][bad input]") {
    kept_memory kept;
    REQUIRE(kept->add("/a", decision("Tabs"), noon).has_value());
    REQUIRE(kept->add("/a", correction("-print\n+log", "r1"), noon).has_value());
    SECTION("an unknown author") {
        kept.damage("UPDATE memory_entries SET author = 7");
    }
    SECTION("an unknown kind") {
        kept.damage("UPDATE memory_entries SET kind = 9");
    }
    SECTION("a row that is gone") {
        kept.damage("PRAGMA foreign_keys = OFF; DELETE FROM memory_entries WHERE entry = 1");
    }
    SECTION("evidence that lacks its beginning") {
        kept.damage("UPDATE memory_evidence SET position = 1");
    }
    SECTION("evidence that is gone") {
        kept.damage("DELETE FROM memory_evidence");
    }
    const auto why = kept->list("/a", {}).error();
    CHECK(why.code == errc::corrupt);
    CHECK_THAT(why.context, Contains("/a") && Contains("is damaged") && Contains("riva.db"));
}

TEST_CASE("bits that flip never become another answer", "[project_memory][bad input]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    kept_memory kept;
    for (int i = 0; i < 60; ++i) {
        const std::string text = "rule " + std::to_string(i) + std::string(i * 7, 'x');
        REQUIRE(kept->add("/a", decision(text, {"*.py"}), noon).has_value());
        REQUIRE(kept->add("/b", correction("-p\n+q", "r" + std::to_string(i)), noon).has_value());
    }
    const auto everything = [&]() -> result<std::vector<entries>> {
        std::vector<entries> all;
        const recall_query about{.words = "rule 7"};
        for (const char* project : {"/a", "/b"})
            for (auto&& found : {kept->list(project, {}, true), kept->recall(project, about)}) {
                if (!found) return found.error();
                all.push_back(*found);
            }
        return all;
    };
    const auto right = everything().value();
    kept.memory.reset();
    std::ifstream in(kept.file, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(in), {}};
    int noticed = 0;
    for (int i = 0; i < 300; ++i) {
        std::string damaged = whole;
        damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
        kept.folder.write("riva.db", damaged);
        auto opened = project_memory::open(kept.file);
        if (!opened) {
            ++noticed;
            continue;
        }
        kept.memory = std::move(*opened);
        const auto found = everything();
        noticed += found ? 0 : 1;
        if (found) CHECK(*found == right);
        kept.memory.reset();
    }
    CHECK(noticed > 50);
}

TEST_CASE("words and paths of the index", "[project_memory]") {
    CHECK(
        index_words("Fix mergeIntervals in the src/a_b.PY, x", 9) ==
        texts{"fix", "merge", "intervals", "src", "py"}
    );
    CHECK(index_words("one two three one", 2) == texts{"one", "two"});
    CHECK(index_words("gr\xC3\xBC\xC3\x9F dich", 9) == texts{"gr\xC3\xBC\xC3\x9F", "dich"});
    CHECK(names_path("*.py", "src/a.py"));
    CHECK(names_path("src/*.py", "src/a.py"));
    CHECK_FALSE(names_path("src/*.py", "src/b/a.py"));
    CHECK(names_path("src/**/*.py", "src/b/a.py"));
    CHECK(names_path("docs/", "docs/b/a.md"));
    CHECK_FALSE(names_path("docs/", "src/docs.md"));
    CHECK(names_path("./src/a.py", "src/a.py"));
}

}  // namespace riva::memory::test
