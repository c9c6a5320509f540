// What counts as a correction of lines that riva wrote.

#include "user_edits.hpp"

#include "catch.hpp"

using riva::agents::find_piece;
using riva::agents::find_user_edits;
using riva::agents::replaced_piece;
using riva::agents::user_edit;
using edits = std::vector<user_edit>;

TEST_CASE("lines of riva's that were changed are edits, those of others are not", "[learning]") {
    const std::string base = "import os\n\ndef old():\n    pass\n";
    const std::string ours = base + "\ndef new(x):\n    print(x)\n    return x\n";
    CHECK(find_user_edits(base, ours, ours).empty());
    CHECK(
        find_user_edits(
            base,
            ours,
            "import os\n\ndef old():\n    pass\n\ndef new(x):\n    log(x)\n    return x\n"
        ) == edits{{{"    print(x)"}, {"    log(x)"}}}
    );
    std::string elsewhere = ours;
    elsewhere.replace(elsewhere.find("import os"), 9, "import sys");
    CHECK(find_user_edits(base, ours, elsewhere + "\ndef more():\n    pass\n").empty());
}

TEST_CASE("lines that were taken out or come in between are edits", "[learning]") {
    const std::string ours = "a1\nb2\nc3\n";
    CHECK(find_user_edits("", ours, "a1\nc3\n") == edits{{{"b2"}, {}}});
    CHECK(find_user_edits("", ours, "a1\nb2\nnew\nc3\n") == edits{{{}, {"new"}}});
    // Before and after all of it is beside it.
    CHECK(find_user_edits("", ours, "top\na1\nb2\nc3\nend\n").empty());
    // riva took a line out, and it is back.
    CHECK(find_user_edits("a\nb\nc\n", "a\nc\n", "a\nb\nc\n") == edits{{{}, {"b"}}});
}

TEST_CASE("of a block that is only partly riva's, riva's lines are the edit", "[learning]") {
    CHECK(find_user_edits("a\nz\n", "a\nours\nz\n", "A\nX\nz\n") == edits{{{"ours"}, {"X"}}});
    CHECK(
        find_user_edits("a\nz\n", "a\nours\nz\n", "one\ntwo\nthree\nfour\n") ==
        edits{{{"ours"}, {"one", "two", "three", "four"}}}
    );
}

TEST_CASE("white space, line ends and binary files teach nothing", "[learning][bad input]") {
    CHECK(find_user_edits("", "if x:\n  y\n", "if x:\n    y\n").empty());
    CHECK(find_user_edits("", "a\nb\n", "a\r\nb\r\n").empty());
    CHECK(find_user_edits("", std::string("a\0b\n", 4), "c\n").empty());
    CHECK(find_user_edits("", "", "").empty());
    std::string many, other;
    for (int i = 0; i < 200; ++i) {
        many += "line " + std::to_string(i) + "\nkeep\n";
        other += "changed " + std::to_string(i) + "\nkeep\n";
    }
    CHECK(find_user_edits("", many, other).size() == 20);
}

TEST_CASE("what differs is found in whole words", "[learning]") {
    CHECK(find_piece("    print(x)", "    log.info(x)") == replaced_piece{"print", "log.info"});
    CHECK(find_piece("return value", "return values") == replaced_piece{"value", "values"});
    CHECK(find_piece("a = 1", "a = 1  # why") == replaced_piece{"", "# why"});
    CHECK(find_piece("f(a, a)", "f(a)") == replaced_piece{", a", ""});
    CHECK(find_piece("same", "same") == replaced_piece{});
    CHECK(find_piece("", "new") == replaced_piece{"", "new"});
}
