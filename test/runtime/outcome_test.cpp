#include <riva/runtime/outcome.hpp>

#include <catch.hpp>

using riva::captured_output;

TEST_CASE("outcome shows an output that fitted as it is", "[outcome]") {
    CHECK(captured_output{"all of it", "", 0}.text() == "all of it");
    CHECK(captured_output{"head", "tail", 0}.text() == "headtail");
    CHECK(captured_output{}.text().empty());
}

TEST_CASE("outcome says how much of a long output is missing", "[outcome]") {
    const captured_output output{"head", "tail", 1000};
    CHECK(output.text() == "head\n[... 1000 bytes left out ...]\ntail");
    CHECK(output.size() == 1008);
}

TEST_CASE("outcome is empty only without any byte", "[outcome]") {
    CHECK(captured_output{}.empty());
    CHECK(!captured_output{"", "", 1}.empty());
    CHECK(!captured_output{"a", "", 0}.empty());
}

TEST_CASE("outcome names kinds of changes", "[outcome]") {
    CHECK(riva::to_string(riva::change_kind::created) == "created");
    CHECK(riva::to_string(riva::change_kind::modified) == "modified");
    CHECK(riva::to_string(riva::change_kind::deleted) == "deleted");
}
