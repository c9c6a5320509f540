// What the model sees, read from the requests that reached its server.

#include "catch.hpp"
#include "world.hpp"

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::propose;
using riva::test::script_of;
using riva::test::world;

namespace {

std::string prompt_for(
    const std::string& task,
    const std::map<std::string, std::string>& files,
    std::size_t context_bytes = 96 * 1024
) {
    world w(script_of({propose(create_file{"done.py", "x = 1\n"})}), files);
    w.settings.context_bytes = context_bytes;
    const auto ended = w.run(w.task(task, {"python3 check.py"}));
    REQUIRE(ended.has_value());
    REQUIRE(w.server.requests() == 1);
    return w.server.journal();
}

}  // namespace

TEST_CASE("the prompt holds the task, its checks and the files concerned", "[context]") {
    if (!have_sandbox()) return;
    const std::string prompt = prompt_for(
        "fix src/x.py", {{"src/x.py", "the_text_of_x = 1\n"}, {"check.py", "import sys\n"}}
    );
    CHECK_THAT(prompt, Contains("fix src/x.py"));
    CHECK_THAT(prompt, Contains("This command must exit with 0: python3 check.py"));
    CHECK_THAT(prompt, Contains("the_text_of_x = 1"));
    CHECK_THAT(prompt, Contains("check.py (11 bytes, read-only)"));
}

TEST_CASE("the notes nearest to the file that the task names are shown", "[context]") {
    if (!have_sandbox()) return;
    const std::map<std::string, std::string> files = {
        {"AGENTS.md", "ROOT-NOTE\n"},
        {"src/AGENTS.md", "NESTED-NOTE\n"},
        {"src/x.py", "x = 1\n"},
        {"check.py", "\n"}
    };
    const auto notes_of = [&](const std::string& task) {
        const std::string prompt = prompt_for(task, files);
        const std::size_t at = prompt.find("# Notes of the project");
        REQUIRE(at != std::string::npos);
        return prompt.substr(at, 200);
    };
    CHECK_THAT(notes_of("fix src/x.py"), Contains("NESTED-NOTE"));
    CHECK_THAT(notes_of("fix read/write, e.g. in src/x.py"), Contains("NESTED-NOTE"));
    CHECK_THAT(notes_of("fix it"), Contains("ROOT-NOTE"));
}

TEST_CASE("large files are cut, also those that are one line", "[context]") {
    if (!have_sandbox()) return;
    constexpr std::size_t limit = 8 * 1024;
    for (const std::string& text :
         {std::string(600'000, 'x') + "\n", std::string(50'000, '\n'), [] {
              std::string lines;
              for (int i = 0; i < 30'000; ++i) lines += "big line " + std::to_string(i) + "\n";
              return lines;
          }()}) {
        const std::string prompt =
            prompt_for("fix big.txt", {{"big.txt", text}, {"check.py", "\n"}}, limit);
        CHECK(prompt.size() < 4 * limit);
        CHECK_THAT(prompt, Contains("big.txt (excerpt)"));
    }
}

TEST_CASE("the list of files counts as text of the repository and is cut with it", "[context]") {
    if (!have_sandbox()) return;
    constexpr std::size_t limit = 8 * 1024;
    std::map<std::string, std::string> files = {
        {"z.py", "the_text_of_z = 1\n"}, {"check.py", "\n"}
    };
    for (int i = 100; i < 400; ++i) files[std::string(120, 'n') + std::to_string(i)] = "";
    const std::string prompt = prompt_for("fix z.py", files, limit);
    CHECK(prompt.size() < 3 * limit);
    CHECK_THAT(prompt, Contains("more; ask with a query"));
    CHECK_THAT(prompt, Contains("the_text_of_z = 1"));
}
