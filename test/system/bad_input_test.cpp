// Everything that can be wrong with what a user, a repository or a model brings: one sentence, the
// right exit status, and a tree as it was.

#include "catch.hpp"
#include "program.hpp"
#include "world.hpp"

#include <algorithm>

using namespace riva;
using Catch::Contains;
using riva::test::ended_program;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::model_server;
using riva::test::propose;
using riva::test::result_in;
using riva::test::script_of;
using riva::test::script_that_writes_add;

namespace {

const std::string closed_port = "openai:any@http://127.0.0.1:1/v1";

void check_one_sentence(const ended_program& p) {
    INFO(p.err);
    CHECK(p.out.empty());
    CHECK(p.err.starts_with("riva: "));
    CHECK(std::count(p.err.begin(), p.err.end(), '\n') == 1);
    CHECK(p.err.size() > 20);
    CHECK(p.err.find("rror_code") == std::string::npos);
}

std::string faulty(std::string_view fault) {
    return R"({"rules":[{"match":{},"replies":[{"text":"{}","fault":)" + std::string(fault) +
           "}]}]}";
}

std::string answering(std::string_view text) {
    return R"({"rules":[{"match":{},"replies":[{"text":)" + std::string(text) + "}]}]}";
}

}  // namespace

TEST_CASE("a command line that makes no sense is status 2 and one sentence", "[bad input]") {
    const auto [arguments, word] = GENERATE(table<std::vector<std::string>, std::string>({
        {{"run", "", "--model", closed_port}, "empty"},
        {{"run", " \n", "--model", closed_port}, "empty"},
        {{"run", "do it"}, "--model"},
        {{"run", "do it", "--model", "closed_port"}, "DIALECT:MODEL"},
        {{"run", "do it", "--model", "telepathy:m"}, "telepathy"},
        {{"run", "do it", "--model", closed_port, "--agent", "poet"}, "poet"},
        {{"run", "do it", "--model", closed_port, "--deadline", "soon"}, "soon"},
        {{"run", "do it", "--model", closed_port, "--set", "max_detph=3"}, "max_depth"},
        {{"run", "do it", "--model", closed_port, "--set", "max_depth=99"}, "max_depth"},
        {{"run", "do it", "--model", closed_port, "--approve", "maybe"}, "maybe"},
        {{"run", "do it", "--model", closed_port, "--repo", "/does/not/exist"}, "/does/not/exist"},
        {{"apply", "20000101-000000-000000"}, "No run"},
        {{"model-server", "missing.json"}, "missing.json"},
    }));
    const installation i({{"a.txt", "a\n"}});
    const auto before = test::tree_of(i.repository.path());
    const auto ended = i.riva(arguments);
    CHECK(ended.status == 2);
    check_one_sentence(ended);
    CHECK_THAT(ended.err, Contains(word));
    CHECK(test::tree_of(i.repository.path()) == before);
}

TEST_CASE("a configuration file with a mistake is named with line and column", "[bad input]") {
    const installation i({{"a.txt", "a\n"}});
    i.home.write(".config/riva/config.toml", "max_depth = 3\nmax_detph = 4\n");
    const auto ended = i.riva({"run", "do it", "--model", closed_port});
    CHECK(ended.status == 2);
    check_one_sentence(ended);
    CHECK_THAT(ended.err, Contains("config.toml:2:1") && Contains("max_depth"));
}

TEST_CASE("a model that does not answer is status 75 and no change", "[bad input]") {
    if (!have_sandbox()) return;
    const auto [fault, word] = GENERATE(table<std::string, std::string>({
        {R"({"status":401})", "key"},
        {R"({"status":429,"headers":{"Retry-After":"0"}})", "429"},
        {R"({"status":500})", "500"},
        {R"({"status":503,"headers":{"Content-Type":"text/html"},"body":"<h1>Down</h1>"})", "503"},
        {R"({"status":200,"headers":{"Content-Type":"application/json"},"body":"not json"})", ""},
        {R"({"status":200,"headers":{"Content-Type":"application/json"},"body":"{\"choices\":7}"})",
         ""},
        {R"({"cut":{"after":10,"how":"reset"}})", ""},
        {R"({"cut":{"after":10,"how":"close"}})", ""},
        {R"({"content":"null"})", ""},
        {R"({"missing_end":"both"})", ""},
    }));
    model_server server(faulty(fault));
    const installation i({{"a.txt", "a\n"}});
    const auto before = test::tree_of(i.repository.path());
    const auto ended = i.riva(
        {"run",
         "do it",
         "--check",
         "true",
         "--model",
         server.spec(),
         "--json",
         "--set",
         "max_cycles=1"}
    );
    INFO(fault << "\n" << ended.err);
    CHECK(ended.status == 75);
    const auto result = result_in(ended);
    CHECK(result.outcome == "error");
    CHECK(result.files.empty());
    REQUIRE(result.error.has_value());
    CHECK_THAT(result.error->message, Contains(word));
    CHECK(result.error->message.find('\n') == std::string::npos);
    CHECK(test::tree_of(i.repository.path()) == before);
}

TEST_CASE("a model that is down is named, with what to do", "[bad input]") {
    if (!have_sandbox()) return;
    const installation i({{"a.txt", "a\n"}});
    const auto ended =
        i.riva({"run", "do it", "--check", "true", "--model", closed_port, "--json"});
    CHECK(ended.status == 75);
    const auto result = result_in(ended);
    REQUIRE(result.error.has_value());
    CHECK_THAT(result.error->message, Contains("127.0.0.1:1"));
    CHECK_FALSE(result.error->hint.empty());
}

TEST_CASE("an answer that is no answer is status 75 and no change", "[bad input]") {
    if (!have_sandbox()) return;
    const std::string text = GENERATE(values<std::string>(
        {R"("")", R"("I would rather not.")", R"("{\"thought\":1}")", R"("[]")", R"("{")"}
    ));
    model_server server(answering(text));
    const installation i({{"a.txt", "a\n"}});
    const auto before = test::tree_of(i.repository.path());
    const auto ended = i.riva(
        {"run",
         "do it",
         "--check",
         "true",
         "--model",
         server.spec(),
         "--json",
         "--set",
         "max_cycles=2"}
    );
    INFO(text << "\n" << ended.err);
    CHECK(ended.status == 75);
    CHECK(result_in(ended).error->kind == "model");
    CHECK(test::tree_of(i.repository.path()) == before);
}

TEST_CASE(
    "an action that cannot be carried out is told to the model and changes nothing", "[bad input]"
) {
    if (!have_sandbox()) return;
    const auto [what, word] = GENERATE(table<action, std::string>({
        {edit_file{"a.txt", {{"missing", "x"}}}, "does not occur"},
        {edit_file{"a.txt", {{"a", "x"}}}, "times"},
        {edit_file{"missing.txt", {{"a", "x"}}}, "missing.txt"},
        {create_file{"a.txt", "x"}, "exists"},
        {create_file{"../x.txt", "x"}, "x.txt"},
        {create_file{"/tmp/riva-x.txt", "x"}, "/tmp/riva-x.txt"},
        {create_file{"link/x.txt", "x"}, "link"},
        {create_file{std::string("a\0b", 3), "x"}, ""},
        {delete_file{"missing.txt"}, "missing.txt"},
    }));
    model_server server(script_of({propose(what)}));
    const installation i({{"a.txt", "a a a\n"}, {"elsewhere/b.txt", "b\n"}});
    i.shell("ln -s elsewhere link");
    const auto before = test::tree_of(i.repository.path());
    const auto ended = i.riva(
        {"run",
         "do it",
         "--check",
         "true",
         "--model",
         server.spec(),
         "--json",
         "--set",
         "max_cycles=1",
         "--set",
         "max_depth=0",
         "--write"}
    );
    INFO(ended.out << ended.err);
    CHECK(ended.status == 3);
    CHECK_THAT(ended.out, Contains(word));
    CHECK(result_in(ended).files.empty());
    CHECK(test::tree_of(i.repository.path()) == before);
}

TEST_CASE("a command that hangs, floods or forks is stopped and changes nothing", "[bad input]") {
    if (!have_sandbox()) return;
    const std::string line = GENERATE(values<std::string>({
        "sleep 1000",
        "yes",
        "for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; echo x > left.txt; exit 1",
    }));
    model_server server(script_of({propose(run_command{{"sh", "-c", line}, ""}, false)}));
    const installation i({{"a.txt", "a\n"}});
    const auto before = test::tree_of(i.repository.path());
    const auto ended = i.riva(
        {"run",
         "do it",
         "--check",
         "true",
         "--model",
         server.spec(),
         "--json",
         "--set",
         "max_cycles=1",
         "--set",
         "max_depth=0",
         "--set",
         "command.timeout=2s"}
    );
    INFO(line << "\n" << ended.err);
    CHECK(ended.status == 3);
    CHECK(result_in(ended).files.empty());
    CHECK(test::tree_of(i.repository.path()) == before);
}

TEST_CASE("repositories of any kind work, or are refused in one sentence", "[bad input]") {
    if (!have_sandbox()) return;
    model_server server(script_that_writes_add());
    const std::string check = "python3 -c 'import m; assert m.add(1, 2) == 3'";
    const auto folder = GENERATE(values<std::string>({"empty", "with blanks and öäü ✓", "-dash"}));
    const installation i;
    const auto where = i.repository / folder;
    std::filesystem::create_directory(where);
    const auto ended = i.riva(
        {"run",
         "write add",
         "--check",
         check,
         "--model",
         server.spec(),
         "--repo",
         where.string(),
         "--write"}
    );
    INFO(ended.err);
    CHECK(ended.status == 0);
    CHECK(test::read_file(where / "m.py") == "def add(a, b):\n    return a + b\n");
}

TEST_CASE("a repository that is a file is refused", "[bad input]") {
    const installation i({{"a.txt", "a\n"}});
    const auto ended = i.riva({"run", "do it", "--model", closed_port, "--repo", "a.txt"});
    CHECK(ended.status == 2);
    check_one_sentence(ended);
    CHECK_THAT(ended.err, Contains("a.txt"));
}
