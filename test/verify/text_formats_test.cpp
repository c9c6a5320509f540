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

evidence judge_file(riva::sandbox& where, const std::string& file, const std::string& content) {
    const temporary_folder tree;
    tree.write(file, content);
    const auto checks = syntax_checks(where, {file});
    REQUIRE(checks.size() == 1);
    const auto before = tree_of(tree.path());
    evidence e = judge(*checks.front(), tree.path());
    CHECK(tree_of(tree.path()) == before);
    return e;
}

struct expectation {
    const char* file;
    std::string content;
    verdict result;
    std::string detail = "parses";  ///< how it begins
};

void expect(const std::vector<expectation>& all) {
    for (const expectation& one : all) {
        INFO(one.file << ":\n" << one.content.substr(0, 200));
        const evidence e = judge_file(*real_sandbox(), one.file, one.content);
        INFO(e.detail << "\n" << e.log.substr(0, 2000));
        CHECK(e.result == one.result);
        CHECK(e.detail.starts_with(one.detail));
        const bool decided = one.result == verdict::pass || one.result == verdict::fail;
        CHECK(e.grade == (decided ? evidence_grade::statically : evidence_grade::none));
    }
}

std::string repeated(const std::string& text, std::size_t count) {
    std::string all;
    all.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i) all += text;
    return all;
}

const std::string bom = "\xEF\xBB\xBF";
const std::string binary{"\x7f\x45\x4c\x46\x02\x01\0\0\xff\xfe\x80", 11};

bool have_yaml() {
    const bool there = std::filesystem::exists("/usr/lib/python3/dist-packages/yaml");
    if (!there) WARN("skipped, not installed: python3-yaml");
    return there;
}

}  // namespace

TEST_CASE("TOML is parsed", "[text_formats]") {
    if (!real_sandbox() || !have({"python3"})) return;
    expect({
        {"a.toml", "a = 1\n[b.c]\nd = [1, 'x']\n", verdict::pass},
        {"a.toml", "", verdict::pass},
        {"a.toml", bom + "a = 1\n", verdict::pass},
        {"a.toml", "a = 1\na = 2\n", verdict::fail, "a.toml: Cannot overwrite a value"},
        {"-a.toml", "a = \n", verdict::fail, "-a.toml: Invalid value"},
        {"a.toml", binary, verdict::fail, "a.toml: "},
        {"a.toml", "a = {{ value }}\n", verdict::indeterminate, "cannot tell: it looks like a templ"
        },
        {"a.toml",
         "a = " + repeated("[", 20'000),
         verdict::indeterminate,
         "cannot tell: it is nested"},
        {"a.toml",
         repeated("# a comment\n", 1'500'000),
         verdict::indeterminate,
         "cannot tell: the file"},
    });
}

TEST_CASE("YAML is parsed", "[text_formats]") {
    if (!real_sandbox() || !have({"python3"}) || !have_yaml()) return;
    expect({
        {"a.yaml", "a: 1\nb: [1, {c: d}]\n---\n- x\n", verdict::pass},
        {"a.yml", "", verdict::pass},
        {"a.yaml", bom + "a: 1\n", verdict::pass},
        {"a.yaml", "a: &x 1\nb: *x\nc: !Ref d\n", verdict::pass},
        {"a.yaml", "a: 1\n b: 2\n", verdict::fail, "a.yaml:2:3: mapping values are not allowed"},
        {"a.yaml", "a: [1, 2\n", verdict::fail, "a.yaml:2:1: did not find expected ',' or ']'"},
        {"a.yaml", "a: *nowhere\n", verdict::fail, "a.yaml:1: unknown alias nowhere"},
        {"a.yaml", "a: &x 1\n---\nb: *x\n", verdict::fail, "a.yaml:3: unknown alias x"},
        {"a.yaml", binary, verdict::fail, "a.yaml: "},
        {"a.yaml",
         "a: {{ .Values.a }}\nb: {% x %}\n",
         verdict::indeterminate,
         "cannot tell: it looks"},
        // It would be a billion texts.
        {"a.yaml",
         "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\n"
         "d: &d [*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e]\n",
         verdict::pass},
        {"a.yaml", "a: !!python/object/apply:os.system ['touch ran']\n", verdict::pass},
    });
    CHECK(judge_file(*real_sandbox(), "a.yaml", repeated("[", 100'000)).result != verdict::pass);
    const evidence deep = judge_file(*real_sandbox(), "a.yaml", repeated("- ", 100'000));
    INFO(deep.detail);
    CHECK(deep.result != verdict::fail);
    CHECK(deep.result != verdict::infra_error);
}

TEST_CASE("XML is parsed, and opens nothing else", "[text_formats]") {
    if (!real_sandbox() || !have({"python3"})) return;
    const std::string bomb = "<!DOCTYPE a [<!ENTITY b \"" + repeated("x", 1000) +
                             "\"><!ENTITY c \"" + repeated("&b;", 1000) + "\"><!ENTITY d \"" +
                             repeated("&c;", 1000) + "\">]><a>" + repeated("&d;", 100) + "</a>";
    expect({
        {"a.xml", "<?xml version='1.0'?><a b='c'>d<e/></a>\n", verdict::pass},
        {"a.svg", bom + "<svg/>", verdict::pass},
        {"a.xml", "<a><b></a>", verdict::fail, "a.xml:1:9: mismatched tag"},
        {"a.xml", "", verdict::fail, "a.xml:1:1: no element found"},
        {"a.xml", binary, verdict::fail, "a.xml:1:1: not well-formed"},
        {"a.xml", "<a>&nowhere;</a>", verdict::fail, "a.xml:1:4: undefined entity"},
        {"a.xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", verdict::pass
        },
        {"a.xml", "<?xml version='1.0' encoding='klingon'?><a/>", verdict::indeterminate, "cannot"},
        {"a.xml",
         "<a><% if x %></a>",
         verdict::indeterminate,
         "cannot tell: it looks like a template"},
        {"a.xml", bomb, verdict::indeterminate, "cannot tell: limit on input amplification"},
        {"a.xml", repeated("<a>", 100'000) + repeated("</a>", 100'000), verdict::pass},
    });
}

TEST_CASE("Markdown fails for a fence that is never closed, and little else", "[text_formats]") {
    if (!real_sandbox()) return;
    expect({
        {"a.md", "# Title\n\n```sh\nls\n```\n\n~~~\n```\n~~~\n", verdict::pass},
        {"a.md", "", verdict::pass},
        {"a.md", bom + "text with ```code``` in it\n", verdict::pass},
        {"a.md", "````\n```\n````\n", verdict::pass},
        {"a.md", "- a\n  ```\n  x\n  ```\n", verdict::pass},
        {"a.md", "a\n```sh\nls\n", verdict::fail, "a.md:2: the code fence is never closed"},
        {"a.md", "```\nx\n```sh\n", verdict::fail, "a.md:1: the code fence is never closed"},
        {"a.md", "```\nx\r\n``\n", verdict::fail, "a.md:1: the code fence is never closed"},
        {"a.md", "- a\n  ```\n  x\n", verdict::indeterminate, "cannot tell: a.md:2: "},
        {"a.md", "> ```\n> x\n\ntext\n", verdict::indeterminate, "cannot tell: a.md:1: "},
        {"a.md", "<!--\n```\n-->\n", verdict::indeterminate, "cannot tell: a.md:2: "},
        {"a.md", binary, verdict::indeterminate, "a.md is too large, or no text"},
        {"a.md", repeated("x\n", 2'500'000), verdict::indeterminate, "a.md is too large, or no text"
        },
        {"a.md", repeated(">", 200'000), verdict::pass},
    });
}

TEST_CASE("shell scripts are read by the shell that their first line names", "[text_formats]") {
    if (!real_sandbox() || !have({"bash", "dash"})) return;
    expect({
        {"a.sh", "#!/bin/sh\ntouch ran\nif true; then :; fi\n", verdict::pass},
        {"a.sh", "", verdict::pass},
        {"a.sh", "a=(1 2)\necho \"${a[@]}\"\n", verdict::pass
        },  // only bash does, nobody says which
        {"a.bash", "#!/usr/bin/env -S bash -e\nf() { [[ x == @(a|b) ]]; }\n", verdict::pass},
        {"a.sh", bom + "#!/bin/bash\na=(1 2)\n", verdict::pass},
        {"-a.sh",
         "#!/bin/sh\nif true; then\n",
         verdict::fail,
         "./-a.sh: 3: Syntax error: end of file"},
        {"a.sh", "#!/bin/bash\necho 'x\n", verdict::fail, "a.sh: line 2: unexpected EOF"},
        {"a.sh", "exit 0\n)\n", verdict::fail, "a.sh: 2: Syntax error: \")\" unexpected"},
        {"a.sh", "#!/bin/sh\na=(1 2)\n", verdict::indeterminate, "bash accepts what sh does not: "},
        {"a.sh",
         "#!/usr/bin/env zsh\nfor x (a) {}\n",
         verdict::indeterminate,
         "cannot tell: its first"},
        {"a.sh", repeated("# comment\n", 500'000), verdict::indeterminate, "a.sh is too large"},
    });
    for (const std::string& hostile :
         {binary, repeated("(", 100'000), "#!/bin/bash\n" + repeated("$((", 100'000)}) {
        const evidence e = judge_file(*real_sandbox(), "a.sh", hostile);
        INFO(e.detail);
        CHECK(e.result != verdict::pass);
        CHECK(e.result != verdict::infra_error);
    }
}

TEST_CASE("a text format whose reader is missing is named and never passes", "[text_formats]") {
    equipped_machine bare;
    for (const char* file : {"a.toml", "a.yaml", "a.xml"})
        for (const char* content : {"", "<[not {: any of them"}) {
            const evidence e = judge_file(bare, file, content);
            CHECK(e.result == verdict::indeterminate);
            CHECK(e.detail == "python3 is not installed where commands run: apt install python3");
        }
    bare.add("python3", "echo \"ModuleNotFoundError: No module named 'yaml'\" >&2; exit 1\n");
    CHECK(
        judge_file(bare, "a.yaml", "").detail ==
        "yaml is not installed where commands run: apt install python3-yaml"
    );
    const evidence e = judge_file(bare, "a.bash", "#!/bin/bash\n");
    CHECK(e.result == verdict::indeterminate);
    CHECK(e.detail == "bash is not installed where commands run: apt install bash");
}

}  // namespace riva::verify
