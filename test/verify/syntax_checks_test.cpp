#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/verify/checks.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace fs = std::filesystem;
using riva::evidence;
using riva::evidence_grade;
using riva::verdict;
using riva::test::have;
using riva::test::judge;
using riva::test::real_sandbox;
using riva::test::temporary_folder;
using riva::test::tree_of;
using riva::verify::syntax_checks;

namespace {

evidence judge_in(const temporary_folder& tree, const std::string& file) {
    const auto checks = syntax_checks(*real_sandbox(), {file});
    REQUIRE(checks.size() == 1);
    return judge(*checks.front(), tree.path());
}

evidence judge_file(const std::string& file, std::string_view content) {
    const temporary_folder tree;
    tree.write(file, content);
    return judge_in(tree, file);
}

struct expectation {
    const char* file;
    std::string_view content;
    verdict result;
    const char* detail;
};

void expect(const std::vector<expectation>& all) {
    for (const expectation& one : all) {
        INFO(one.file << ":\n" << one.content);
        const evidence e = judge_file(one.file, one.content);
        INFO(e.log);
        CHECK(e.result == one.result);
        CHECK(e.detail == one.detail);
        const bool decided = one.result == verdict::pass || one.result == verdict::fail;
        CHECK(e.grade == (decided ? evidence_grade::statically : evidence_grade::none));
    }
}

}  // namespace

TEST_CASE("each changed file of a known language gets a syntax check", "[syntax]") {
    const auto box = riva::make_open_sandbox();
    const auto checks = syntax_checks(
        *box,
        {"a.py", "README.md", "src/b.cpp", "c.js", "data.json", "d.yaml", "e.h", "Makefile", ".py"}
    );
    std::vector<std::string> ids;
    for (const auto& check : checks) {
        ids.push_back(check->traits().id);
        CHECK(check->traits().layer == riva::layer::syntax);
        CHECK(check->traits().author == riva::author::runtime);
    }
    CHECK(
        ids ==
        std::vector<std::string>{
            "syntax:a.py",
            "syntax:.py",
            "syntax:README.md",
            "syntax:src/b.cpp",
            "syntax:c.js",
            "syntax:data.json",
            "syntax:d.yaml",
            "syntax:e.h"
        }
    );
}

TEST_CASE("many changed Python files share a check", "[syntax]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    std::vector<std::string> files;
    for (int i = 0; i < 100; ++i) {
        files.push_back("m" + std::to_string(i) + ".py");
        if (i != 50) tree.write(files.back(), i == 70 ? "x = (\n" : "x = 1\n");
    }
    const auto checks = syntax_checks(*real_sandbox(), files);
    REQUIRE(checks.size() == 2);
    CHECK(checks[0]->traits().id == "syntax:m0.py+63");
    CHECK(judge(*checks[0], tree.path()).result == verdict::pass);
    const evidence e = judge(*checks[1], tree.path());
    CHECK(e.result == verdict::fail);
    CHECK(e.detail == "m70.py:1: SyntaxError: '(' was never closed");
}

TEST_CASE("a deleted file and a symbolic link have no syntax to judge", "[syntax]") {
    const auto box = riva::make_open_sandbox();
    const temporary_folder tree;
    fs::create_symlink("/etc/passwd", tree / "link.json");
    for (const char* file : {"gone.py", "link.json"}) {
        const auto checks = syntax_checks(*box, {file});
        REQUIRE(checks.size() == 1);
        const evidence e = judge(*checks.front(), tree.path());
        CHECK(e.result == verdict::skipped);
        CHECK(e.detail == "the change leaves no such file to judge");
    }
}

TEST_CASE("Python is compiled and never executed", "[syntax]") {
    if (!real_sandbox() || !have({"python3"})) return;
    expect({
        {"a.py",
         "print([x for x in range(3)], undefined_name, sum(y for y in ()))\n",
         verdict::pass,
         "parses"},
        {"a.py", "import nothing_like_it\nraise SystemExit(1)\n", verdict::pass, "parses"},
        {"a.py", "# -*- coding: latin-1 -*-\ns = '\xe9'\n", verdict::pass, "parses"},
        {"a.py", "", verdict::pass, "parses"},
        {"a.py", "# TODO: a token <|endoftext|> and an ERROR\nx = 'fail'\n", verdict::pass, "parses"
        },
        {"a b.py", "def f(:\n    pass\n", verdict::fail, "a b.py:1: SyntaxError: invalid syntax"},
        {"d/a.py",
         "def f():\npass\n",
         verdict::fail,
         "d/a.py:2: IndentationError: expected an indented block after function definition on line "
         "1"},
        {"a.py", "```python\nx = 1\n```\n", verdict::fail, "a.py:1: SyntaxError: invalid syntax"},
        {"a.py", "return 1\n", verdict::fail, "a.py:1: SyntaxError: 'return' outside function"},
    });
    const evidence e = judge_file("a.py", "\xff\n");
    CHECK(e.result == verdict::fail);
    CHECK(e.detail.find("SyntaxError") != std::string::npos);
}

TEST_CASE("the merged file is judged, and judging changes nothing", "[syntax]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const temporary_folder tree;
    // The edit alone would not parse; the file it ended up in does.
    tree.write(
        "pkg/a.py", "def f():\n    if True:\n        return 1\n    else:\n        return 2\n"
    );
    tree.write("pkg/broken.py", "def f(\n");  // not changed, so not judged
    const auto before = tree_of(tree.path());
    CHECK(judge_in(tree, "pkg/a.py").result == verdict::pass);
    CHECK(tree_of(tree.path()) == before);
}

TEST_CASE("syntax evidence names what ran", "[syntax]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const evidence e = judge_file("it's.py", "x = 1\n");
    CHECK(e.check == "syntax:it's.py");
    CHECK(e.result == verdict::pass);
    CHECK(
        e.command ==
        "python3 -I -c 'import sys; [compile(open(f, '\\''rb'\\'').read(), f, '\\''exec'\\'') for "
        "f "
        "in sys.argv[1:]]' 'it'\\''s.py'"
    );
    CHECK(e.exit_code == 0);
    CHECK(e.inputs == "tree hash");
    CHECK(e.log_digest.size() == 64);
}

TEST_CASE("C and C++ are compiled without being built", "[syntax]") {
    if (!real_sandbox() || !have({"g++", "gcc"})) return;
    expect({
        {"a.cpp",
         "#include <vector>\nint main() { return std::vector<int>{1}.at(0); }\n",
         verdict::pass,
         "parses"},
        {"-a.cpp", "int main() {}\n", verdict::pass, "parses"},
        {"a.hpp", "#pragma once\ntemplate <class T> concept c = true;\n", verdict::pass, "parses"},
        {"a.c",
         "#include <signal.h>\nstruct sigaction class; int *new = 0;\n",
         verdict::pass,
         "parses"},
        {"a.h", "#pragma once\ninline int *f(void *p) { return p; }\n", verdict::pass, "parses"},
        {"a.h", "#pragma once\nnamespace n { class c; }\n", verdict::pass, "parses"},
        {"a.h", "int f( { }\n", verdict::fail, "a.h:1:11: error: expected ‘)’ at end of input"},
        {"a.cpp",
         "int f() { return x; }\n",
         verdict::fail,
         "a.cpp:1:18: error: ‘x’ was not declared in this scope"},
        {"a.c",
         "int f(void) { return 1 }\n",
         verdict::fail,
         "a.c:1:23: error: expected ‘;’ before ‘}’ token"},
        {"a.cpp",
         "#include <nobody/has/this.h>\nint f( { }\n",
         verdict::indeterminate,
         "cannot tell without the header nobody/has/this.h, which is not where the compiler looks"},
        {"a.cpp",
         "#ifndef HAVE_CONFIG\n#error run configure first\n#endif\n",
         verdict::indeterminate,
         "cannot tell without the build's own definitions: a.cpp:2:2: error: #error run configure "
         "first"},
    });
}

TEST_CASE("C++ finds the headers of its own repository", "[syntax]") {
    if (!real_sandbox() || !have({"g++"})) return;
    const temporary_folder tree;
    tree.write("include/lib/a.hpp", "struct a {};\n");
    tree.write("src/b.hpp", "struct b {};\n");
    tree.write("test/own.hpp", "struct own {};\n");
    tree.write("top.hpp", "struct top {};\n");
    tree.write(
        "test/t.cpp",
        "#include <b.hpp>\n#include <lib/a.hpp>\n#include <own.hpp>\n#include <top.hpp>\n"
        "int main() { a x; b y; own z; top t; }\n"
    );
    const evidence e = judge_in(tree, "test/t.cpp");
    INFO(e.log);
    CHECK(e.result == verdict::pass);
    CHECK(
        e.command ==
        "g++ -fsyntax-only -w -x c++ -std=gnu++20 -I. -Iinclude -Isrc -Itest test/t.cpp"
    );
}

TEST_CASE("JavaScript is parsed as the kind of module it is", "[syntax]") {
    if (!real_sandbox() || !have({"node"})) return;
    const char* module_broken = "import fs from 'fs';\nexport const a = ;\n";
    expect({
        {"a.js", "const fs = require('fs');\nreturn;\n", verdict::pass, "parses"},
        {"a.js", "import fs from 'fs';\nexport const a = await fs;\n", verdict::pass, "parses"},
        {"a.mjs", "export default 1;\n", verdict::pass, "parses"},
        {"a.cjs", "module.exports = 1;\n", verdict::pass, "parses"},
        {"b c.js", "#!/usr/bin/env node\nlet a = 1;\n", verdict::pass, "parses"},
        {"a.js", "let a = ;\n", verdict::fail, "a.js:1: SyntaxError: Unexpected token ';'"},
        {"a.js", module_broken, verdict::fail, "a.js:2: SyntaxError: Unexpected token ';'"},
        {"a.mjs", module_broken, verdict::fail, "a.mjs:2: SyntaxError: Unexpected token ';'"},
        {"a.cjs",
         "export const a = 1;\n",
         verdict::fail,
         "a.cjs:1: SyntaxError: Unexpected token 'export'"},
        {"a.js",
         "const e = <div/>;\n",
         verdict::indeterminate,
         "a.js:1: SyntaxError: Unexpected token '<' (if this is JSX: node cannot parse it, give a "
         "check command that can)"},
    });
}

TEST_CASE("package.json decides what a JavaScript file is", "[syntax]") {
    if (!real_sandbox() || !have({"node"})) return;
    const temporary_folder tree;
    tree.write("package.json", R"({"type": "module"})");
    tree.write("src/a.js", "export const a = 1;\n");
    tree.write("old/package.json", R"({"type": "commonjs"})");
    tree.write("old/a.js", "export const a = 1;\n");
    tree.write("src/b.js", "export const b = 1;\nreturn;\n");
    CHECK(judge_in(tree, "src/a.js").result == verdict::pass);
    CHECK(judge_in(tree, "src/b.js").result == verdict::fail);
    CHECK(judge_in(tree, "old/a.js").result == verdict::fail);
}

TEST_CASE("JSON is parsed", "[syntax]") {
    if (!real_sandbox()) return;
    const std::string large = "[" + std::string(300'000, ' ') + "1]" + std::string(100'000, '\n');
    const std::string late = "[" + std::string(300'000, '\n') + " 1}";
    const std::string deep = std::string(2000, '[') + std::string(2000, ']');
    expect({
        {"a.json", "{\"a\": [1, 2.5e3, null, \"\\u00e9\"]}\n", verdict::pass, "parses"},
        {"a.json", "\xEF\xBB\xBF{}", verdict::pass, "parses"},
        {"a.json", "1", verdict::pass, "parses"},
        {"a.json", large, verdict::pass, "parses"},
        {"tsconfig.json", "{\n  // strict\n  \"strict\": true,\n}\n", verdict::pass, "parses"},
        {"a.json", "", verdict::fail, "a.json:1:1: incomplete JSON"},
        {"a.json", "{\n  \"a\": 1,\n}\n", verdict::fail, "a.json:3:1: syntax error"},
        {"a.json", "{} {}", verdict::fail, "a.json:1:4: extra data"},
        {"a.json", "{} // why\n", verdict::fail, "a.json:1:4: extra data"},
        {"a.json", late, verdict::fail, "a.json:300001:3: syntax error"},
        {"a.json", deep, verdict::indeterminate, "a.json is nested too deeply to be parsed"},
    });
}
