#include "equipped_machine.hpp"
#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/verify/checks.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace riva::verify {
namespace {

using riva::test::equipped_machine;
using riva::test::have;
using riva::test::judge;
using riva::test::real_sandbox;
using riva::test::temporary_folder;
using riva::test::tree_of;

using strings = std::vector<std::string>;

evidence judge_in(riva::sandbox& where, const temporary_folder& tree, const strings& changed) {
    const auto checks = semantic_checks(where, tree.path(), changed);
    REQUIRE(checks.size() == 1);
    return judge(*checks.front(), tree.path());
}

struct expectation {
    const char* content;
    verdict result;
    const char* detail;
};

void expect(const evidence& e, verdict result, const std::string& detail) {
    INFO(e.log);
    CHECK(e.result == result);
    CHECK(e.detail == detail);
    const bool decided = result == verdict::pass || result == verdict::fail;
    CHECK(e.grade == (decided ? evidence_grade::statically : evidence_grade::none));
    CHECK(e.layer == layer::semantic);
}

bool have_pyflakes() {
    const bool there = std::filesystem::exists("/usr/lib/python3/dist-packages/pyflakes");
    if (!there) WARN("skipped, not installed: python3-pyflakes");
    return there;
}

}  // namespace

TEST_CASE("only files that a tool can look into get a semantic check", "[semantic]") {
    const auto box = riva::make_open_sandbox();
    const temporary_folder tree;
    const strings changed{"a.py", "b/c.py", "a.cpp", "a.ts", "a.rs", "a.go", "a.js", "README.md"};
    const auto few = semantic_checks(*box, tree.path(), changed);
    REQUIRE(few.size() == 1);
    CHECK(few[0]->traits().id == "semantic:a.py+1");
    CHECK(few[0]->traits().layer == layer::semantic);
    CHECK(few[0]->traits().author == author::runtime);
    CHECK(few[0]->traits().pure);
    for (const char* manifest : {"tsconfig.json", "Cargo.toml", "go.mod"}) tree.write(manifest, "");
    tree.write(
        "compile_commands.json", R"([{"directory": "/x", "file": "a.cpp", "command": "g++ a.cpp"}])"
    );
    strings ids;
    for (const auto& each : semantic_checks(*box, tree.path(), changed))
        ids.push_back(each->traits().id);
    CHECK(
        ids ==
        strings{
            "semantic:a.py+1", "semantic:a.cpp", "semantic:a.ts", "semantic:a.rs", "semantic:a.go"
        }
    );
}

TEST_CASE("undefined names of Python fail, unused ones do not", "[semantic]") {
    if (!real_sandbox() || !have({"python3"}) || !have_pyflakes()) return;
    for (const expectation& one : {
             expectation{
                 "def f():\n    return g()\n", verdict::fail, "a.py:2:12: undefined name 'g'"
             },
             expectation{"import os\nx = 1\n", verdict::pass, "no undefined name"},
             expectation{"", verdict::pass, "no undefined name"},
             expectation{
                 "def f(): return g()\ndef g(): return [x for x in range(3)]\nprint(max(f()))\n",
                 verdict::pass,
                 "no undefined name"
             },
             expectation{
                 "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
                 verdict::pass,
                 "no undefined name"
             },
             expectation{
                 "globals()['g'] = 1\nprint(g)\n",
                 verdict::indeterminate,
                 "a.py:2:7: undefined name 'g' (perhaps defined when the program runs)"
             },
             expectation{"from m import *\nprint(g)\n", verdict::pass, "no undefined name"},
             expectation{
                 "raise SystemExit(0)\nprint(g)\n", verdict::fail, "a.py:2:7: undefined name 'g'"
             },
         }) {
        const temporary_folder tree;
        tree.write("a.py", one.content);
        INFO(one.content);
        expect(judge_in(*real_sandbox(), tree, {"a.py"}), one.result, one.detail);
    }
}

TEST_CASE("a name check executes nothing of the repository", "[semantic]") {
    if (!real_sandbox() || !have({"python3"}) || !have_pyflakes()) return;
    const temporary_folder tree;
    const std::string act = "open('ran', 'w')\nprint('all fine')\nraise SystemExit(0)\n";
    for (const char* file :
         {"pyflakes.py", "pyflakes/__main__.py", "sitecustomize.py", "ast.py", "a.py"})
        tree.write(file, act);
    tree.write("b.py", "print(nowhere)\n");
    const auto before = tree_of(tree.path());
    const evidence e = judge_in(*real_sandbox(), tree, {"a.py", "b.py"});
    expect(e, verdict::fail, "b.py:1:7: undefined name 'nowhere'");
    CHECK(tree_of(tree.path()) == before);
}

TEST_CASE("names in a file that does not parse cannot be told", "[semantic]") {
    if (!real_sandbox() || !have({"python3"}) || !have_pyflakes()) return;
    const temporary_folder tree;
    for (const char* content : {"def f(:\n", "\x7f\x45\x4c\x46\x01\x02", "x = '\xff\xfe'\n"}) {
        tree.write("-a.py", content);
        const evidence e = judge_in(*real_sandbox(), tree, {"-a.py"});
        INFO(e.log);
        CHECK(e.result == verdict::indeterminate);
        CHECK(e.detail.starts_with("pyflakes cannot tell: "));
    }
}

TEST_CASE("a semantic check whose tool is missing names it and never passes", "[semantic]") {
    const temporary_folder tree;
    for (const char* file :
         {"tsconfig.json", "Cargo.toml", "go.mod", "a.py", "a.ts", "a.rs", "a.go"})
        tree.write(file, "");
    struct absence {
        const char* file;
        const char* said;
    };
    equipped_machine bare;
    bare.add("mktemp", "echo /nowhere/at/all\n");
    bare.add("rm", "");
    for (const absence& one : {
             absence{"a.py", "python3 is not installed where commands run: apt install python3"},
             absence{
                 "a.ts", "tsc is not installed where commands run: apt install node-typescript"
             },
             absence{"a.rs", "cargo is not installed where commands run: apt install cargo"},
             absence{"a.go", "go is not installed where commands run: apt install golang-go"},
         })
        expect(judge_in(bare, tree, {one.file}), verdict::indeterminate, one.said);
    bare.add("python3", "echo '/usr/bin/python3: No module named pyflakes' >&2; exit 1\n");
    expect(
        judge_in(bare, tree, {"a.py"}),
        verdict::indeterminate,
        "pyflakes is not installed where commands run: apt install python3-pyflakes"
    );
}

TEST_CASE("TypeScript is judged as its project says", "[semantic]") {
    if (!real_sandbox() || !have({"tsc"})) return;
    const temporary_folder tree;
    tree.write("tsconfig.json", R"({"compilerOptions": {"strict": true}, "include": ["src"]})");
    tree.write("src/b.ts", "export function twice(n: number): number { return 2 * n; }\n");
    const auto said_of = [&](const char* content, const char* file = "src/a.ts") {
        tree.write(file, content);
        return judge_in(*real_sandbox(), tree, {file});
    };
    expect(said_of("import {twice} from './b';\ntwice(2);\n"), verdict::pass, "types agree");
    expect(
        said_of("import {twice} from './b';\ntwice('2');\n"),
        verdict::fail,
        "src/a.ts(2,7): error TS2345: Argument of type 'string' is not assignable to parameter of "
        "type 'number'."
    );
    expect(
        said_of("let a = ;\n"), verdict::fail, "src/a.ts(1,9): error TS1109: Expression expected."
    );
    CHECK(said_of("import {x} from 'not-installed';\nx.y();\n").result == verdict::indeterminate);
    tree.write("src/a.ts", "");
    expect(
        said_of("let a: number = 'x';\n", "other.ts"),
        verdict::indeterminate,
        "other.ts is not part of the project of tsconfig.json"
    );
}

TEST_CASE("TypeScript errors elsewhere do not fail a change, nor do they pass it", "[semantic]") {
    if (!real_sandbox() || !have({"tsc"})) return;
    const temporary_folder tree;
    tree.write("tsconfig.json", "{}");
    tree.write("old.ts", "export const a: number = 'x';\n");
    tree.write("new.ts", "export const b = 1;\n");
    const evidence e = judge_in(*real_sandbox(), tree, {"new.ts"});
    CHECK(e.result == verdict::indeterminate);
    CHECK(e.detail.starts_with("complains about files that did not change: old.ts(1,14)"));
}

TEST_CASE("Rust is judged by what cargo says and has read", "[semantic]") {
    const temporary_folder tree;
    tree.write("Cargo.toml", "");
    tree.write("src/main.rs", "");
    struct run {
        const char* cargo;
        verdict result;
        const char* detail;
    };
    for (const run& one : {
             run{"mkdir -p \"$CARGO_TARGET_DIR/debug/deps\"\n"
                 "printf 'x.d: src/main.rs\\n\\nsrc/main.rs:\\n' > "
                 "\"$CARGO_TARGET_DIR/debug/deps/m.d\"\n",
                 verdict::pass,
                 "compiles"},
             run{"mkdir -p \"$CARGO_TARGET_DIR/debug/deps\"\n"
                 "printf 'src/lib.rs:\\n' > \"$CARGO_TARGET_DIR/debug/deps/m.d\"\n",
                 verdict::indeterminate,
                 "src/main.rs is not part of what cargo compiles"},
             run{"echo 'src/main.rs:1:25: error[E0308]: mismatched types' >&2\n"
                 "echo 'error: could not compile `m` (bin \"m\") due to 1 previous error' >&2\n"
                 "exit 101\n",
                 verdict::fail,
                 "src/main.rs:1:25: error[E0308]: mismatched types"},
             run{"echo 'error: no matching package named `serde` found' >&2; exit 101\n",
                 verdict::indeterminate,
                 "cannot tell: error: no matching package named `serde` found"},
             run{"echo \"src/main.rs:1:1: error[E0463]: can't find crate for \\`std\\`\" >&2; exit "
                 "101",
                 verdict::indeterminate,
                 "cannot tell: src/main.rs:1:1: error[E0463]: can't find crate for `std`"},
             run{"exit 0\n", verdict::indeterminate, nullptr},
         }) {
        equipped_machine machine("/usr/bin:/bin");
        machine.add("cargo", one.cargo);
        const evidence e = judge_in(machine, tree, {"src/main.rs"});
        INFO(one.cargo << e.log);
        CHECK(e.result == one.result);
        if (one.detail != nullptr) CHECK(e.detail == one.detail);
    }
}

TEST_CASE("Go is judged by what go vet says and has read", "[semantic]") {
    const temporary_folder tree;
    tree.write("go.mod", "");
    tree.write("p q/a.go", "");
    struct run {
        const char* vet;
        const char* list;
        verdict result;
        const char* detail;
    };
    for (const run& one : {
             run{"exit 0", "/home/u/p q/a.go", verdict::pass, "vetted"},
             run{"exit 0",
                 "/home/u/p q/b.go",
                 verdict::indeterminate,
                 "p q/a.go is not part of what go compiles here"},
             run{"echo '# m' >&2; echo 'vet: ./p q/a.go:3:9: undefined: x' >&2; exit 1",
                 "",
                 verdict::fail,
                 "vet: ./p q/a.go:3:9: undefined: x"},
             run{"echo './old.go:3:9: unreachable code' >&2; exit 1",
                 "",
                 verdict::indeterminate,
                 "cannot tell: ./old.go:3:9: unreachable code"},
             run{"echo 'p q/a.go:3:2: no required module provides package x/y' >&2; exit 1",
                 "",
                 verdict::indeterminate,
                 "cannot tell: p q/a.go:3:2: no required module provides package x/y"},
         }) {
        equipped_machine machine;
        machine.add(
            "go",
            std::string("if [ \"$1\" = list ]; then echo '") + one.list +
                "'; exit 0; fi\n[ \"$3\" = '' ] && [ \"$2\" = './p q' ] || exit 9\n" + one.vet +
                "\n"
        );
        INFO(one.vet);
        expect(judge_in(machine, tree, {"p q/a.go"}), one.result, one.detail);
    }
}

}  // namespace riva::verify
