#include "words.hpp"

#include "catch.hpp"

using namespace riva::agents;

using texts = std::vector<std::string>;

TEST_CASE("paths_in keeps the leading dot of a name", "[words]") {
    CHECK(
        paths_in("Fix .github/ci.yml, (.env) and `src/.flake8`.") ==
        texts{".github/ci.yml", ".env", "src/.flake8"}
    );
    CHECK(paths_in("./a.py or ./.env") == texts{"a.py", ".env"});
}

TEST_CASE("paths_in takes no abbreviation, call or number for a file", "[words]") {
    CHECK(paths_in("Files, e.g. a.c, i.e. sources, a.k.a. code").size() == 1);
    CHECK(paths_in("f().next ...and .5 more, at 3.14").empty());
}

TEST_CASE("words_of leaves leading dots out", "[words]") {
    CHECK(words_of("The .then() of .Github/ci.yml") == texts{"the", "then", "of", "github/ci.yml"});
}
