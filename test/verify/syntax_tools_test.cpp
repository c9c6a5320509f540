#include "real_sandbox.hpp"
#include "temporary_folder.hpp"

#include <riva/runtime/process.hpp>
#include <riva/verify/checks.hpp>

#include <filesystem>
#include <string>

namespace riva::verify {
namespace {

using riva::test::have;
using riva::test::judge;
using riva::test::real_sandbox;
using riva::test::temporary_folder;

/// A machine with a shell and nothing else.
class bare_machine final : public riva::sandbox {
public:
    bare_machine() { std::filesystem::create_symlink("/bin/sh", programs_ / "sh"); }

    asio::awaitable<result<process_exit>> run(sandbox_command command, deadline by) override {
        process_request request;
        request.argv = std::move(command.argv);
        request.directory = command.root;
        request.environment = {"PATH=" + programs_.path().string()};
        return run_process(std::move(request), by);
    }
    std::string description() const override { return "bare"; }

private:
    temporary_folder programs_;
};

evidence judge_with(riva::sandbox& where, const std::string& file, const std::string& content) {
    const temporary_folder tree;
    tree.write(file, content);
    const auto checks = syntax_checks(where, {file});
    REQUIRE(checks.size() == 1);
    return judge(*checks.front(), tree.path());
}

}  // namespace

TEST_CASE("a syntax check whose tool is missing names the tool and never passes", "[syntax]") {
    bare_machine bare;
    struct expectation {
        const char* file;
        const char* tool;
        const char* package;
    };
    for (const expectation& one : {
             expectation{"a.py", "python3", "python3"},
             expectation{"a.cpp", "g++", "g++"},
             expectation{"a.hpp", "g++", "g++"},
             expectation{"a.h", "g++", "g++"},
             expectation{"a.c", "gcc", "gcc"},
             expectation{"a.js", "node", "nodejs"},
             expectation{"a.mjs", "node", "nodejs"},
         })
        for (const char* content : {"", "this ( is not { code\n"}) {
            const evidence e = judge_with(bare, one.file, content);
            INFO(one.file << e.log);
            CHECK(e.result == verdict::indeterminate);
            CHECK(e.grade == evidence_grade::none);
            CHECK(
                e.detail == std::string(one.tool) +
                                " is not installed where commands run: apt install " + one.package
            );
        }
}

TEST_CASE("JSON is judged without any tool", "[syntax]") {
    bare_machine bare;
    CHECK(judge_with(bare, "a.json", "{}").result == verdict::pass);
    CHECK(judge_with(bare, "a.json", "{").result == verdict::fail);
}

TEST_CASE("code cannot talk its syntax check into a pass", "[syntax]") {
    if (!real_sandbox() || !have({"python3", "node", "g++"})) return;
    struct forgery {
        const char* file;
        const char* content;
    };
    for (const forgery& one : {
             forgery{"a.py", "import os\nprint('OK')\nos._exit(0)\nx = (\n"},
             forgery{"a.js", "console.log('ok'); process.exit(0);\nlet a = ;\n"},
             forgery{"a.mjs", "console.log('ok'); process.exit(0);\nlet a = ;\n"},
             forgery{"a.cpp", "#pragma message(\"ok\")\n#warning fine\nint f( { }\n"},
             forgery{"a.cpp", "#pragma GCC diagnostic ignored \"-fpermissive\"\nint f( { }\n"},
             forgery{"a.json", "{\"result\": \"pass\""},
         }) {
        const evidence e = judge_with(*real_sandbox(), one.file, one.content);
        INFO(one.content << e.log);
        CHECK(e.result == verdict::fail);
        CHECK(e.grade == evidence_grade::statically);
    }
}

TEST_CASE("an edit that parses alone fails when the file it ends up in does not", "[syntax]") {
    if (!real_sandbox() || !have({"python3", "node", "g++"})) return;
    struct merged {
        const char* file;
        const char* content;
        const char* detail;
    };
    for (const merged& one : {
             merged{
                 "a.py",
                 "from os import (\nimport sys\n    path,\n)\n",
                 "a.py:2: SyntaxError: invalid syntax"
             },
             merged{
                 "a.js",
                 "const a = {\nconst b = 1;\n};\n",
                 "a.js:2: SyntaxError: Unexpected identifier"
             },
             merged{
                 "a.cpp",
                 "int f() {\nnamespace n { int g(); }\n}\n",
                 "a.cpp:2:1: error: ‘namespace’ definition is not allowed here"
             },
         }) {
        const evidence e = judge_with(*real_sandbox(), one.file, one.content);
        INFO(e.log);
        CHECK(e.result == verdict::fail);
        INFO(e.detail);
        CHECK(e.detail.starts_with(one.detail));  // versions of a tool say more or less
    }
}

TEST_CASE("a change without a file that has a parser gets no syntax check", "[syntax]") {
    bare_machine bare;
    CHECK(syntax_checks(bare, {"README", "a.txt", "Makefile", "LICENSE", "a.PY "}).empty());
    CHECK(syntax_checks(bare, {}).empty());
}

}  // namespace riva::verify
