// The suites of recorded answers, where they are present: whole runs over real HTTP, whose changes
// are judged once more apart from riva.

#include "catch.hpp"
#include "model_server.hpp"
#include "program.hpp"
#include "world.hpp"

#include <riva/llm/scripted_server.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <fstream>
#include <iostream>

using namespace riva;
using riva::test::have_sandbox;
using riva::test::installation;
using riva::test::result_in;

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const fs::path data_folder = fs::path(RIVA_SHARED_FOLDER) / "data";

bool have_suite(const std::string& name) {
    if (fs::exists(data_folder / name)) return true;
    std::cout << "skipped: there is no " << name << " beside the project\n";
    return false;
}

std::string text(const json::object& task, const char* name) {
    const json::value* value = task.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

std::vector<json::object> tasks_of(const std::string& name) {
    std::vector<json::object> tasks;
    std::ifstream lines(data_folder / name);
    for (std::string line; std::getline(lines, line);)
        tasks.push_back(json::parse(line).as_object());
    return tasks;
}

/// What `riva model-server --suite` serves.
llm::scripted_server load_suite(const std::string& name) {
    llm::scripted_server_options options;
    options.time_scale = 0;
    return llm::scripted_server::from_suite_file(data_folder / name, options).value();
}

struct figures {
    int verified = 0;
    int verified_and_right = 0;
};

/// Runs riva on a task, and the visible test of the task on what it left.
void run_task(const json::object& task, const std::string& model, figures& into) {
    const std::string hidden = text(task, "hidden_test_command");
    std::map<std::string, std::string> files;
    for (const auto& [path, content] : task.at("files").as_object())
        if (hidden.empty() || hidden.find(std::string(path)) == std::string::npos)
            files[path] = std::string(content.as_string());
    const installation i(files);
    const auto ended = i.riva(
        {"run",
         "--json",
         "--write",
         "--model",
         model,
         "--accept",
         text(task, "acceptance"),
         "--check",
         text(task, "test_command"),
         text(task, "prompt")}
    );
    INFO(text(task, "task_id"));
    INFO(ended.err);
    const bool verified = result_in(ended).outcome == "verified";
    CHECK((ended.status == 0) == verified);
    if (!verified) return;
    ++into.verified;
    const bool right = i.shell(text(task, "test_command")).status == 0;
    CHECK(right);
    if (right) ++into.verified_and_right;
}

figures run_suite(const std::string& name) {
    const test::model_server server(load_suite(name));
    const auto tasks = tasks_of(name);
    figures all;
    for (const auto& task : tasks) run_task(task, server.spec(), all);
    std::cout << name << ": " << tasks.size() << " tasks, " << all.verified << " verified, "
              << all.verified - all.verified_and_right << " of them wrong\n";
    return all;
}

}  // namespace

TEST_CASE("every repair of quixbugs_py is verified and right", "[suite]") {
    if (!have_sandbox() || !have_suite("quixbugs_py.jsonl")) return;
    const figures all = run_suite("quixbugs_py.jsonl");
    CHECK(all.verified == 40);
    CHECK(all.verified_and_right == 40);
}

TEST_CASE("nothing of humaneval_py is reported verified that fails its test", "[suite]") {
    if (!have_sandbox() || !have_suite("humaneval_py.jsonl")) return;
    const figures all = run_suite("humaneval_py.jsonl");
    CHECK(all.verified > 0);
    CHECK(all.verified_and_right == all.verified);
}
