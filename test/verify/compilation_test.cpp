#include "compile_options.hpp"
#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/verify/checks.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace riva::verify {
namespace {

using riva::test::have;
using riva::test::judge;
using riva::test::real_sandbox;
using riva::test::temporary_folder;
using riva::test::tree_of;

using strings = std::vector<std::string>;

/// A database that was made for the tree /made/here.
void write_database(const temporary_folder& tree, const std::string& options) {
    tree.write(
        "build/compile_commands.json",
        "[{\"directory\": \"/made/here/build\", \"file\": \"../src/a.cpp\", \"command\": \"" +
            options + " -o a.o -c ../src/a.cpp\"}]"
    );
}

evidence judge_source(const temporary_folder& tree) {
    const auto checks = semantic_checks(*real_sandbox(), tree.path(), {"src/a.cpp"});
    REQUIRE(checks.size() == 1);
    return judge(*checks.front(), tree.path());
}

strings options_of(const strings& words) {
    const auto found = front_end_options(words, "/t/build", "/t");
    return found ? found->arguments : strings{"none"};
}

/// Whether the argument can only be an include path, a definition, a forced include or a standard.
bool only_reads(std::string_view argument) {
    if (argument.starts_with("-D") || argument.starts_with("-U"))
        return argument.size() > 2 && (std::isalpha(argument[2]) != 0 || argument[2] == '_');
    if (argument.starts_with("-std=")) return argument.find_first_of(" @/") == argument.npos;
    for (const std::string_view option : {"-isystem", "-iquote", "-idirafter", "-include", "-I"}) {
        if (!argument.starts_with(option)) continue;
        const std::string_view value = argument.substr(option.size());
        const bool plain = option == "-include" && value.find('/') == value.npos;
        return value.starts_with('/') || value.starts_with("./") ||
               (plain && !value.empty() && !value.starts_with('-'));
    }
    return false;
}

}  // namespace

TEST_CASE("no command line makes a compiler do more than read", "[compilation]") {
    constexpr std::array<std::string_view, 30> pieces{
        "-I",     "-isystem", "-iquote", "-include",  "-include-pch", "-D",
        "-U",     "-std=",    "-o",      "-fplugin=", "-x",           "-Xclang",
        "-B",     "-specs=",  "@",       "a",         "/usr/x",       "../..",
        "./",     "-",        "--",      "=",         "c++20",        "-wrapper",
        "-after", " ",        "\n",      "'",         "-M",           "-imacros"
    };
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::uniform_int_distribution<std::size_t> any(0, pieces.size() - 1), few(0, 3), some(0, 12);
    for (int i = 0; i < 20'000; ++i) {
        strings words{"g++"};
        for (std::size_t n = some(random); n > 0; --n) {
            words.emplace_back();
            for (std::size_t k = few(random); k > 0; --k) words.back() += pieces[any(random)];
        }
        const auto found = front_end_options(words, "/t/build", "/t");
        REQUIRE(found);
        for (const std::string& argument : found->arguments) {
            INFO(argument);
            if (!only_reads(argument)) FAIL("is passed on");
        }
    }
}

TEST_CASE("a source is compiled with what the build defines and includes", "[compilation]") {
    if (!real_sandbox() || !have({"g++"})) return;
    const temporary_folder tree;
    tree.write("lib/api/b.hpp", "inline int b(int n) { return n; }\n");
    tree.write("src/a.cpp", "#include <b.hpp>\nint a() { return b(SEVEN); }\n");
    write_database(tree, "/usr/bin/c++ -DSEVEN=7 -I/made/here/lib/api -std=gnu++17");
    evidence e = judge_source(tree);
    INFO(e.log);
    CHECK(e.result == verdict::pass);
    CHECK(e.grade == evidence_grade::statically);
    CHECK(e.detail == "compiles as in the build");
    CHECK(e.command == "c++ -fsyntax-only -w -DSEVEN=7 -I./lib/api -std=gnu++17 src/a.cpp");
    tree.write("src/a.cpp", "#include <b.hpp>\nint a() { return b(\"x\"); }\n");
    e = judge_source(tree);
    CHECK(e.result == verdict::fail);
    CHECK(e.detail.starts_with("src/a.cpp:2:"));
    write_database(tree, "/usr/bin/c++ -std=gnu++17");
    CHECK(judge_source(tree).result == verdict::indeterminate);
    CHECK(
        judge_source(tree).detail ==
        "cannot tell without the header b.hpp, which is not where the compiler looks"
    );
}

TEST_CASE("options that run code or write files are never passed on", "[compilation]") {
    if (!real_sandbox() || !have({"g++"})) return;
    const temporary_folder tree;
    tree.write("src/a.cpp", "int a = 1;\n");
    tree.write("options", "-o /written -fplugin=./evil.so");
    write_database(
        tree,
        "g++ -fplugin=./evil.so -wrapper touch,ran -B. -specs=evil @options -Xclang -load -MD "
        "-dumpdir x -save-temps -D@options -I @options"
    );
    const auto before = tree_of(tree.path());
    const evidence e = judge_source(tree);
    INFO(e.log);
    CHECK(e.result == verdict::pass);
    CHECK(e.command == "g++ -fsyntax-only -w -I./build/@options src/a.cpp");
    CHECK(tree_of(tree.path()) == before);
}

TEST_CASE("a rejection that an option left out may explain is none", "[compilation]") {
    if (!real_sandbox() || !have({"g++"})) return;
    const temporary_folder tree;
    tree.write("src/a.cpp", "int f() { return undeclared; }\n");
    write_database(tree, "g++ -fpermissive");
    const evidence e = judge_source(tree);
    CHECK(e.result == verdict::indeterminate);
    CHECK(e.detail.starts_with(
        "cannot tell without -fpermissive, which is not taken from compile_commands.json: "
    ));
}

TEST_CASE("what is passed on cannot be read as another option", "[compilation]") {
    CHECK(
        options_of({"g++", "-I", "-fplugin=x", "-I@x"}) ==
        strings{"-I./build/-fplugin=x", "-I./build/@x"}
    );
    CHECK(
        options_of({"g++", "-isystem", "../x", "-isystem/usr/x"}) ==
        strings{"-isystem./x", "-isystem/usr/x"}
    );
    CHECK(
        options_of({"g++", "-include", "c.h", "-include../d.h"}) ==
        strings{"-includec.h", "-include./d.h"}
    );
    CHECK(options_of({"g++", "-D", "A=1", "-D-x", "-D", "@x", "-UB"}) == strings{"-DA=1", "-UB"});
    CHECK(options_of({"g++", "-std=c++20", "-std=../x", "-std=c++17 -o"}) == strings{"-std=c++20"});
    CHECK(options_of({"ccache", "/opt/bin/clang++-19", "-DA"}) == strings{"-DA"});
}

TEST_CASE("only a compiler that is known by name is run", "[compilation]") {
    for (const char* program : {"evil", "./g++.sh", "/x/gcc-evil", "", "sh", "g++;x", "-12"})
        CHECK(options_of({program, "-DA"}) == strings{"none"});
    CHECK(front_end_options({"/x/y/g++-12"}, "/t", "/t")->compiler == "g++-12");
    CHECK(options_of({}) == strings{"none"});
    CHECK(options_of({"ccache"}) == strings{"none"});
}

TEST_CASE("a database that is no database declares nothing", "[compilation]") {
    const auto box = riva::make_open_sandbox();
    const temporary_folder tree;
    for (const char* content :
         {"",
          "{",
          "{}",
          "[1, {}]",
          "[{\"file\": 3}]",
          "[{\"file\": \"a.cpp\", \"command\": \"g++ $(x)\"}]",
          "[{\"file\": \"a.cpp\", \"command\": \"sh -c 'touch x'\", \"directory\": \"/t\"}]"}) {
        tree.write("compile_commands.json", content);
        INFO(content);
        CHECK(semantic_checks(*box, tree.path(), {"a.cpp"}).empty());
    }
    std::filesystem::remove(tree / "compile_commands.json");
    std::filesystem::create_symlink("/etc/passwd", tree / "compile_commands.json");
    CHECK(semantic_checks(*box, tree.path(), {"a.cpp"}).empty());
}

TEST_CASE("of two files with the same ending the outer one is meant", "[compilation]") {
    const temporary_folder tree;
    tree.write(
        "compile_commands.json",
        R"([{"directory": "/t", "file": "/t/lib/a.cpp", "arguments": ["g++", "-DINNER"]},
            {"directory": "/t", "file": "/t/a.cpp", "arguments": ["g++", "-DOUTER"]}])"
    );
    const auto database = compile_database::read(tree.path());
    REQUIRE(database);
    CHECK(database->command_for("a.cpp")->arguments == strings{"-DOUTER"});
    CHECK(database->command_for("lib/a.cpp")->arguments == strings{"-DINNER"});
    CHECK_FALSE(database->command_for("b.cpp"));
}

}  // namespace riva::verify
