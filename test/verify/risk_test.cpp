#include <riva/verify/risk.hpp>

#include "catch.hpp"
#include "path_risk.hpp"
#include "risk_commands.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using namespace riva;
using namespace riva::verify;

namespace {

using counts = std::map<risk_level, int>;

risk risk_of(const std::string& line) {
    return assess_risk(run_command{{"sh", "-c", line}, ""});
}

risk_level level_of(const std::string& line) {
    return risk_of(line).level;
}

risk_level level_of_file(const std::string& path, const std::string& content = "text\n") {
    return assess_risk(create_file{path, content}).level;
}

template <typename Lines>
counts levels_of(const Lines& lines) {
    counts found;
    for (const auto& line : lines) ++found[level_of(line)];
    return found;
}

void print_row(const std::string& name, counts& row) {
    std::cout << "  " << name << ": low " << row[risk_level::low] << ", medium "
              << row[risk_level::medium] << ", high " << row[risk_level::high] << "\n";
}

bool has_factor(const risk& found, const std::string& factor) {
    return std::find(found.factors.begin(), found.factors.end(), factor) != found.factors.end();
}

struct corpus {
    std::vector<std::string> safe;
    std::vector<std::string> risky;
    int without_command = 0;
};

corpus read_corpus(const std::filesystem::path& file) {
    corpus found;
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
        const auto task = boost::json::parse(line).as_object();
        const auto* command = task.if_contains("canonical_solution");
        if (command == nullptr || !command->is_string()) {
            ++found.without_command;
            continue;
        }
        const bool safe = task.at("safety_level").as_string() == "safe";
        (safe ? found.safe : found.risky).emplace_back(command->as_string());
    }
    return found;
}

}  // namespace

TEST_CASE("no dangerous command is below high", "[risk]") {
    for (const auto& line : riva::test::dangerous_commands) {
        INFO(line);
        CHECK(level_of(line) == risk_level::high);
    }
}

TEST_CASE("a command that changes or runs the repository is not low", "[risk]") {
    for (const auto& line : riva::test::changing_commands) {
        INFO(line);
        CHECK(level_of(line) != risk_level::low);
    }
}

TEST_CASE("at most three in a hundred harmless commands are above low", "[risk]") {
    double above = 0;
    for (const auto& line : riva::test::harmless_commands) {
        if (level_of(line) == risk_level::low) continue;
        ++above;
        std::cout << "  above low: " << line << "\n";
    }
    CHECK(above <= 0.03 * static_cast<double>(riva::test::harmless_commands.size()));
}

TEST_CASE("the table of commands holds at least three hundred of them", "[risk]") {
    using namespace riva::test;
    CHECK(dangerous_commands.size() + changing_commands.size() + harmless_commands.size() >= 300);
    std::cout << "risk of the commands of this test\n";
    auto dangerous = levels_of(dangerous_commands);
    auto changing = levels_of(changing_commands);
    auto harmless = levels_of(harmless_commands);
    print_row("dangerous", dangerous);
    print_row("changing", changing);
    print_row("harmless", harmless);
}

TEST_CASE("no command that the corpus calls risky is below high", "[risk]") {
    const auto file = std::filesystem::path(RIVA_SHARED_FOLDER) / "data" / "risk_corpus.jsonl";
    if (!std::filesystem::exists(file)) {
        std::cout << "skipped: there is no risk_corpus.jsonl beside the project\n";
        return;
    }
    const corpus all = read_corpus(file);
    auto safe = levels_of(all.safe);
    auto risky = levels_of(all.risky);
    std::cout << "risk of the commands of the corpus; " << all.without_command
              << " requests are skipped, as they are to be refused or explained\n";
    print_row("risky", risky);
    print_row("safe", safe);
    for (const auto& line : all.risky) {
        INFO(line);
        CHECK(level_of(line) == risk_level::high);
    }
    CHECK(!all.risky.empty());
    CHECK(!all.safe.empty());
}

TEST_CASE("a long or deep command is high, whatever it runs", "[risk]") {
    std::string chain;
    for (int i = 0; i < 49; ++i) chain += "true && ";
    CHECK(level_of(chain + "rm -rf src") == risk_level::high);
    CHECK(level_of(chain + "ls") == risk_level::low);

    CHECK(has_factor(risk_of("echo " + std::string(1 << 20, 'a')), "too_complex"));
    std::string many;
    for (int i = 0; i < 10000; ++i) many += "true;";
    CHECK(has_factor(risk_of(many), "too_complex"));
    std::string deep = "true";
    for (int i = 0; i < 50; ++i) deep = "echo $(" + deep + ")";
    CHECK(has_factor(risk_of(deep), "too_complex"));
}

TEST_CASE("a command without a shell is not read as one", "[risk]") {
    CHECK(assess_risk(run_command{{"echo", "a; rm -rf /"}, ""}).level == risk_level::low);
    CHECK(assess_risk(run_command{{"echo", "$(rm -rf /)"}, ""}).level == risk_level::low);
    CHECK(assess_risk(run_command{{"rm", "-rf", "src"}, ""}).level == risk_level::high);
    CHECK(assess_risk(run_command{{"ls -la"}, ""}).level == risk_level::high);
    CHECK(assess_risk(run_command{{}, ""}).level == risk_level::high);
    CHECK(assess_risk(run_command{{""}, ""}).level == risk_level::high);
}

TEST_CASE("a command that starts outside of the workspace is high", "[risk]") {
    CHECK(assess_risk(run_command{{"ls"}, "src"}).level == risk_level::low);
    CHECK(assess_risk(run_command{{"ls"}, "."}).level == risk_level::low);
    CHECK(assess_risk(run_command{{"ls"}, ".."}).level == risk_level::high);
    CHECK(assess_risk(run_command{{"ls"}, "/"}).level == risk_level::high);
    CHECK(assess_risk(run_command{{"ls"}, ".git/hooks"}).level == risk_level::high);
}

TEST_CASE("a command says why it is of high risk", "[risk]") {
    CHECK(has_factor(risk_of("rm -rf src"), "deletes_recursively"));
    CHECK(has_factor(risk_of("curl https://example.com"), "network"));
    CHECK(has_factor(risk_of("sudo ls"), "privilege"));
    CHECK(has_factor(risk_of("cat ~/.ssh/id_rsa"), "credentials"));
    CHECK(has_factor(risk_of("echo x > /etc/motd"), "outside_workspace"));
    CHECK(has_factor(risk_of("echo x > .git/config"), "version_control"));
    CHECK(has_factor(risk_of("$X"), "dynamic"));
    CHECK(has_factor(risk_of("unheard-of-program"), "unknown_program"));
    CHECK(risk_of("ls").factors.empty());
}

TEST_CASE("the layers to verify follow from the level", "[risk]") {
    const risk low = risk_of("ls");
    CHECK(low.layers == std::vector{layer::syntax});
    CHECK(low.may_skip);
    CHECK(low.may_batch);
    const risk medium = risk_of("make");
    CHECK(medium.layers == std::vector{layer::syntax, layer::semantic, layer::behavioural});
    CHECK(!medium.may_skip);
    CHECK(medium.may_batch);
    const risk high = risk_of("rm -rf src");
    CHECK(
        high.layers ==
        std::vector{layer::syntax, layer::semantic, layer::behavioural, layer::intent}
    );
    CHECK(!high.may_skip);
    CHECK(!high.may_batch);
}

TEST_CASE("words that only contain a dangerous one raise nothing", "[risk]") {
    const std::string prose =
        "Confirm the form, then perform the transform. confirm -rf is no command.\n"
        "See api_client.md, and the medieval( retrieval( platform.\n";
    const risk found = assess_risk(create_file{"docs/api_client.md", prose});
    CHECK(found.level == risk_level::low);
    CHECK(found.factors.empty());
    CHECK(assess_risk(edit_file{"api_client.md", {{"a", prose}}}).level == risk_level::low);
    CHECK(level_of_file("src/perform.py", "def confirm(): pass\n") == risk_level::low);
    CHECK(level_of("cat docs/api_client.md") == risk_level::low);
    CHECK(level_of("grep -n perform src/confirm.py") == risk_level::low);
}

TEST_CASE("the risk of a file follows from its path", "[risk]") {
    CHECK(level_of_file("src/main.cpp") == risk_level::low);
    CHECK(level_of_file("docs/git.md") == risk_level::low);
    CHECK(level_of_file("src/makefile.cpp") == risk_level::low);
    CHECK(level_of_file("src/../src/main.cpp") == risk_level::low);
    for (const std::string path :
         {"Makefile",
          "CMakeLists.txt",
          "src/CMakeLists.txt",
          "package.json",
          "pyproject.toml",
          "conftest.py",
          ".github/workflows/ci.yml",
          ".gitlab-ci.yml",
          "Jenkinsfile",
          "Dockerfile",
          ".git/config",
          ".git/hooks/pre-commit",
          ".GIT/config",
          "src/../.git/config",
          ".gitmodules",
          ".gitattributes",
          "riva.toml",
          ".env",
          ".env.local",
          "keys/server.pem",
          ".ssh/id_rsa",
          ".npmrc",
          ".netrc",
          "/etc/passwd",
          "../other.txt",
          "a/../../other.txt",
          "~/.bashrc",
          "$HOME/notes.txt"}) {
        INFO(path);
        CHECK(level_of_file(path) == risk_level::high);
        CHECK(assess_risk(edit_file{path, {{"a", "b"}}}).level == risk_level::high);
        CHECK(assess_risk(delete_file{path}).level == risk_level::high);
    }
    CHECK(assess_risk(delete_file{"src/main.cpp"}).level == risk_level::medium);
    CHECK(assess_risk(query{query_kind::read, "src/main.cpp", ""}).level == risk_level::low);
}

TEST_CASE("the risk of a file follows from its content", "[risk]") {
    CHECK(level_of_file("a.py", "x = 1\n") == risk_level::low);
    CHECK(level_of_file("a.py", "import subprocess\n") == risk_level::medium);
    CHECK(level_of_file("a.py", "x = eval(input())\n") == risk_level::medium);
    CHECK(level_of_file("a.py", "os.system('ls')\n") == risk_level::medium);
    CHECK(level_of_file("a.py", "get(url, verify=False)\n") == risk_level::high);
    CHECK(level_of_file("a.sh", "rm -rf /\n") == risk_level::high);
    CHECK(level_of_file("a.sh", "confirm -rf; rm -rf /\n") == risk_level::high);
    CHECK(level_of_file("k.txt", "-----BEGIN PRIVATE KEY-----\n") == risk_level::high);
    CHECK(
        assess_risk(edit_file{"a.py", {{"x", "y"}, {"a", "rm -rf b"}}}).level == risk_level::high
    );
    // What is taken out does not count.
    CHECK(assess_risk(edit_file{"a.sh", {{"rm -rf b", "true"}}}).level == risk_level::low);
}

TEST_CASE("paths are told apart by where they lead", "[risk]") {
    CHECK(classify_path("src/main.cpp") == path_class::inside);
    CHECK(classify_path(".") == path_class::whole);
    CHECK(classify_path("*") == path_class::whole);
    CHECK(classify_path("/dev/null") == path_class::harmless);
    CHECK(classify_path("/dev/sda") == path_class::unknown);
    CHECK(classify_path("/dev/tcp/10.0.0.1/80") == path_class::unknown);
    CHECK(classify_path("/tmp/x") == path_class::scratch);
    CHECK(classify_path("/tmp/../etc/passwd") == path_class::outside);
    CHECK(classify_path("/etc/shado?") == path_class::unknown);
    CHECK(classify_path("/proc/cpuinfo") == path_class::outside);
    CHECK(classify_path("/proc/1/environ") == path_class::credential);
    CHECK(classify_path("$X/a") == path_class::unknown);
    CHECK(classify_path("a/.ssh/id_rsa") == path_class::credential);
}
