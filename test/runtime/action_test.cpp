#include <riva/runtime/action.hpp>

#include <catch.hpp>

using riva::action;

namespace {

struct expected {
    action what;
    std::string kind;
    std::string target;
    std::string summary;
};

}  // namespace

TEST_CASE("action has a kind, a target and a line for a person", "[action]") {
    using riva::query_kind;
    const std::vector<expected> all = {
        {riva::create_file{"src/a.py", "x"}, "create", "src/a.py", "create src/a.py"},
        {riva::edit_file{"a.py", {{"x", "y"}}}, "edit", "a.py", "edit a.py"},
        {riva::delete_file{"a.py"}, "delete", "a.py", "delete a.py"},
        {riva::run_command{{"python3", "-m", "unittest"}, "sub"},
         "command",
         "sub",
         "command: python3 -m unittest"},
        {riva::run_command{{"sh", "-c", "a && b"}, ""}, "command", "", "command: a && b"},
        {riva::query{query_kind::read, "a.py", ""}, "query", "a.py", "read a.py"},
        {riva::query{query_kind::search, "src", "def"}, "query", "src", "search 'def' src"},
        {riva::query{query_kind::list, "", ""}, "query", "", "list"},
    };
    for (const auto& e : all) {
        CHECK(riva::kind_name(e.what) == e.kind);
        CHECK(riva::target(e.what) == e.target);
        CHECK(riva::summary(e.what) == e.summary);
    }
}

TEST_CASE("action shows control characters escaped", "[action]") {
    CHECK(riva::summary(riva::delete_file{"a\x1b[31m\nb\x7f"}) == "delete a\\x1b[31m\\nb\\x7f");
    CHECK(riva::summary(riva::run_command{{"sh", "-c", "a\nb"}, ""}) == "command: a\\nb");
}
