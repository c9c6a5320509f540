#include <riva/verify/mutants.hpp>

#include "catch.hpp"

#include <riva/verify/sensitivity.hpp>

#include <algorithm>
#include <iostream>
#include <random>
#include <set>
#include <sstream>

using namespace riva::verify;

namespace {

constexpr std::size_t all = 1000;

std::vector<std::string> lines_of(const std::string& content) {
    std::vector<std::string> lines;
    std::istringstream in(content);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

changed_source touched(std::string path, std::string content) {
    std::vector<std::size_t> lines(lines_of(content).size());
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i] = i + 1;
    return {std::move(path), std::move(content), std::move(lines)};
}

/// What becomes of a line, in alphabetical order.
std::vector<std::string> mutations_of(const std::string& path, const std::string& line) {
    std::vector<std::string> found;
    for (const auto& m : propose_mutants({touched(path, line + "\n")}, 1, all))
        found.push_back(m.content.substr(0, m.content.size() - 1));
    std::ranges::sort(found);
    return found;
}

using some = std::vector<std::string>;

}  // namespace

TEST_CASE("a line of Python is mutated in each way that it offers", "[mutants]") {
    CHECK(mutations_of("a.py", "x = a < b") == some{"x = a <= b"});
    CHECK(mutations_of("a.py", "x = a != b") == some{"x = a == b"});
    CHECK(mutations_of("a.py", "x = a + b") == some{"x = a - b"});
    CHECK(mutations_of("a.py", "x += y") == some{"x -= y"});
    CHECK(mutations_of("a.py", "x = 9") == some{"x = 10"});
    CHECK(mutations_of("a.py", "x = True and y") == some{"x = False and y", "x = True or y"});
    CHECK(mutations_of("a.py", "if a(b, c):  # why") == some{"if not (a(b, c)):  # why"});
    CHECK(mutations_of("a.py", "    return a  # why") == some{"    return None  # why"});
    CHECK(mutations_of("a.py", "x = [a[0], -b]") == some{"x = [a[1], -b]"});
}

TEST_CASE("a line of C++ is mutated in each way that it offers", "[mutants]") {
    CHECK(mutations_of("a.cpp", "x = a < b;") == some{"x = a <= b;"});
    CHECK(
        mutations_of("a.cpp", "x = a && b || c;") == some{"x = a && b && c;", "x = a || b || c;"}
    );
    CHECK(mutations_of("a.cpp", "if (f(a)) g();") == some{"if (!(f(a))) g();"});
    CHECK(mutations_of("a.cpp", "return f(a);") == some{"return {};"});
    CHECK(mutations_of("a.c", "return f(a);") == some{"return 0;"});
    CHECK(mutations_of("a.c", "x = a<b;") == some{"x = a<=b;"});
    CHECK(mutations_of("a.cpp", "x = true;") == some{"x = false;"});
}

TEST_CASE("a line of JavaScript is mutated in each way that it offers", "[mutants]") {
    CHECK(mutations_of("a.js", "x = a === b;") == some{"x = a !== b;"});
    CHECK(mutations_of("a.ts", "return f(a);") == some{"return undefined;"});
    CHECK(mutations_of("a.mjs", "while (a) b();") == some{"while (!(a)) b();"});
    CHECK(mutations_of("a.js", "x = `${a + b}`;") == some{"x = `${a - b}`;"});
    CHECK(mutations_of("a.js", "x = `${`1 + ${a}`} + 1`;").empty());
    CHECK(mutations_of("a.js", "x = a / b + c / d;") == some{"x = a / b - c / d;"});
    CHECK(
        mutations_of("a.js", "x = {a: {b: `}`}}; y = /[/]+1\\// + z;") ==
        some{"x = {a: {b: `}`}}; y = /[/]+1\\// - z;"}
    );
}

TEST_CASE("what only looks like an operator is left alone", "[mutants]") {
    for (const auto* line :
         {"#include <a>",
          "#if A == 1",
          "std::vector<std::vector<int>> f(T&& x);",
          "bool operator==(const x&);",
          "virtual void f() const = 0;",
          "x = -y;",
          "p->q();",
          "x <<= y;",
          "x = 1.5e-3 * 0x1F * 1'000;",
          "return;",
          "return nullptr;",
          "if (auto p = f()) g();",
          "template < typename T > class x;",
          "x = R\"x(1 + \"2)x\";"})
        CHECK(mutations_of("a.cpp", line) == some{});
    for (const auto* line :
         {"def f() -> x:",
          "x = {'a' : y}",
          "f(*a, **b)",
          "x = 'a < 1 and True'",
          "x = f\"{a[\"1 < 2\"]} + 1\" # 1",
          "x = rb'\\' + 1'",
          "x = a.True_",
          "return None",
          "return",
          "x = y if z else w",
          "return f(a, \\"})
        CHECK(mutations_of("a.py", line) == some{});
    CHECK(mutations_of("a.ts", "const x: Map<A, B> = f<C>();").empty());
}

TEST_CASE("statements that span lines are not cut", "[mutants]") {
    CHECK(propose_mutants({touched("a.py", "return f(\n    a)\n")}, 1, all).empty());
    CHECK(propose_mutants({touched("a.py", "return \"\"\"\n1 + 1\n\"\"\"\n")}, 1, all).empty());
    CHECK(propose_mutants({touched("a.cpp", "if (a ||\n    b) {\n")}, 1, all).size() == 1);
    CHECK(propose_mutants({touched("a.cpp", "/* 1\n + 1 */ f();\n")}, 1, all).empty());
    CHECK(propose_mutants({touched("a.cpp", "#define A \\\n 1 + 1\n")}, 1, all).empty());
}

TEST_CASE("a file that cannot be understood has no mutants", "[mutants]") {
    for (const auto* path : {"a.md", "a.rs", "py", "a.py/b", "a.jsx", "Makefile"})
        CHECK(propose_mutants({touched(path, "x = 1\n")}, 1, all).empty());
    for (const auto* content : {"x = 1\ny = 'a\n", "x = 1\n\"\"\""})
        CHECK(propose_mutants({touched("a.py", content)}, 1, all).empty());
    CHECK(propose_mutants({touched("a.py", std::string("x = 1\0", 6))}, 1, all).empty());
    CHECK(propose_mutants({touched("a.js", "x = 1;}\n")}, 1, all).empty());
    CHECK(propose_mutants({touched("a.js", "x = 1; `${\n")}, 1, all).empty());
    CHECK(propose_mutants({}, 1, all).empty());
}

TEST_CASE("a long line is not mutated, however much it holds", "[mutants]") {
    for (const std::string piece : {"if (", "return ", "a < ", "template ", "{"}) {
        std::string line;
        while (line.size() < std::size_t{1} << 18) line += piece;
        for (const auto* path : {"a.py", "a.cpp", "a.js"}) {
            const auto found = propose_mutants({touched(path, line + "\nx = 1;\n")}, 1, all);
            REQUIRE(found.size() == 1);
            CHECK(found.front().line == 2);
        }
    }
}

TEST_CASE("only lines that the change touched are mutated, and no more than asked", "[mutants]") {
    const changed_source source{"a.py", "a = 1\nb = 2\nc = 3\n", {2, 7}};
    const auto found = propose_mutants({source}, 1, all);
    REQUIRE(found.size() == 1);
    CHECK(found.front() == mutant{"a.py", 2, "2 to 3", "a = 1\nb = 3\nc = 3\n"});
    CHECK(propose_mutants({touched("a.py", "a = 1\nb = 2\nc = 3\n")}, 1, 2).size() == 2);
    CHECK(propose_mutants({source}, 1, 0).empty());
}

namespace {

/// Programs that are none, but whose tokens are: what must stay is marked.
class random_program {
public:
    random_program(std::mt19937& random, std::string path)
        : random_(random), path_(std::move(path)) {
        const std::size_t lines = 1 + random_() % 30;
        for (std::size_t i = 0; i < lines; ++i) add_line();
    }

    const std::string& path() const { return path_; }
    const std::string& content() const { return content_; }
    const some& kept() const { return kept_; }

private:
    std::string pick(const some& from) { return from[random_() % from.size()]; }

    std::string inert() {
        static const std::string inside = " 1 + 2 == 3 && true < False and 4 ";
        some forms{"\"" + inside + "\"", "'" + inside + "'", "\"\\\"" + inside + "\"", "\"\""};
        if (path_.ends_with(".py"))
            for (const char* prefix : {"\"\"\"\n", "f'''\n", "rb\"\"\""})
                forms.push_back(prefix + inside + (prefix[1] == '\'' ? "'''" : "\"\"\""));
        if (path_.ends_with(".js"))
            for (const auto& more : some{"`\n" + inside + "`", "`" + inside + "$`"})
                forms.push_back(more);
        if (!path_.ends_with(".py")) forms.push_back("/*\n'" + inside + "*/");
        if (path_.ends_with(".cpp")) forms.push_back("R\"--(\"\n" + inside + ")--\"");
        auto form = pick(forms);
        kept_.push_back(form);
        return form;
    }

    void add_line() {
        static const some pieces{"a",        "b.c",
                                 "f(x)",     "7",
                                 "0",        "12.5",
                                 "0x1F",     "<",
                                 "<=",       ">",
                                 "==",       "!=",
                                 "+",        "-",
                                 "+=",       "&&",
                                 "||",       "and",
                                 "or",       "True",
                                 "false",    "if (a)",
                                 "if a:",    "while (b == 1)",
                                 "return a", "return a + 1;",
                                 "->",       "::",
                                 "[1]",      "(",
                                 ")",        ";",
                                 "{ x: 1 }", "=",
                                 ",",        "<int>",
                                 "operator"};
        const std::size_t length = random_() % 8;
        for (std::size_t i = 0; i < length; ++i) {
            // What stands right beside a literal could become a part of it.
            const bool quoted = random_() % 6 == 0;
            content_ += quoted ? " " + inert() : pick(pieces);
            if (quoted || random_() % 8 != 0) content_ += " ";
        }
        if (random_() % 5 == 0) {
            const std::string comment =
                (path_.ends_with(".py") ? "# \"" : "// '") + std::string(" 1 + 1 == 2");
            content_ += " " + comment;
            kept_.push_back(comment);
        }
        content_ += "\n";
    }

    std::mt19937& random_;
    std::string path_;
    std::string content_;
    some kept_;
};

std::size_t count(const std::string& in, const std::string& what) {
    std::size_t found = 0;
    for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + 1)) ++found;
    return found;
}

void check_one(const mutant& m, const changed_source& from, const random_program& program) {
    INFO("of:\n" << from.content << "\nthe mutant, " << m.mutation << ":\n" << m.content);
    const auto before = lines_of(from.content);
    const auto after = lines_of(m.content);
    REQUIRE(before.size() == after.size());
    some different;
    for (std::size_t i = 0; i < before.size(); ++i)
        if (before[i] != after[i]) different.push_back(std::to_string(i + 1));
    CHECK(different == some{std::to_string(m.line)});
    CHECK(std::ranges::find(from.lines, m.line) != from.lines.end());
    CHECK(m.path == from.path);
    // But for what was returned.
    if (m.mutation == "returned value dropped") return;
    for (const auto& text : program.kept())
        CHECK(count(m.content, text) == count(from.content, text));
}

}  // namespace

TEST_CASE("mutants of random programs change one touched line and no text", "[mutants]") {
    const unsigned seed = std::random_device{}();
    std::cout << "mutants_test seed " << seed << "\n";
    std::mt19937 random(seed);
    std::size_t found = 0;
    for (int round = 0; round < 600; ++round) {
        const std::string path =
            std::vector<std::string>{"a.py", "a.cpp", "a.c", "a.js"}[random() % 4];
        const random_program program(random, path);
        changed_source source = touched(path, program.content());
        std::erase_if(source.lines, [&](std::size_t) { return random() % 3 == 0; });
        const std::uint64_t chosen = random();
        const auto mutants = propose_mutants({source}, chosen, 40);
        CHECK(mutants == propose_mutants({source}, chosen, 40));
        std::set<std::string> contents{source.content};
        for (const auto& m : mutants) {
            CHECK(contents.insert(m.content).second);
            check_one(m, source, program);
        }
        found += mutants.size();
    }
    CHECK(found > 1000);
}

TEST_CASE("any bytes at all are taken without a fault", "[mutants]") {
    const unsigned seed = std::random_device{}();
    std::cout << "mutants_test seed " << seed << "\n";
    std::mt19937 random(seed);
    const std::string alphabet = "'\"`\\{}$()[]/*#\n rRfF\"\"\"uL80<+-=&|return if:;.e\xC3\xA4";
    for (int round = 0; round < 3000; ++round) {
        std::string content;
        for (std::size_t i = random() % 60; i > 0; --i)
            content += alphabet[random() % alphabet.size()];
        for (const auto* path : {"a.py", "a.c", "a.hpp", "a.ts"}) {
            const auto source = touched(path, content);
            for (const auto& m : propose_mutants({source}, 1, 100)) {
                INFO(path << ":\n" << content << "\n" << m.mutation << ":\n" << m.content);
                CHECK(m.content != content);
                CHECK(std::ranges::count(m.content, '\n') == std::ranges::count(content, '\n'));
            }
        }
    }
}

TEST_CASE("the sensitivity is measured once five mutants were tried", "[mutants]") {
    CHECK_FALSE(canary_record{4, 4}.sensitivity().has_value());
    CHECK(canary_record{5, 5}.sensitivity() == Approx(6.0 / 7));
    CHECK(canary_record{5, 0}.sensitivity() == Approx(1.0 / 7));
    CHECK(canary_record{98, 49}.sensitivity() == Approx(0.5));
}
