#include "commands.hpp"
#include "configuration.hpp"
#include "reading.hpp"
#include "terminal_text.hpp"

#include <riva/agents/tiers.hpp>
#include <riva/memory/sqlite_journal.hpp>
#include <riva/runtime/process.hpp>
#include <riva/runtime/sandbox.hpp>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace riva::cli {
namespace {

struct tool {
    const char* name;
    const char* use;
};

constexpr tool tools[] = {
    {"python3", "Python, TOML, YAML and XML syntax, unittest, pytest"},
    {"pyflakes", "undefined names in Python (apt install python3-pyflakes)"},
    {"yaml", "YAML syntax (apt install python3-yaml)"},
    {"g++", "C and C++ syntax and types"},
    {"node", "JavaScript syntax"},
    {"npm", "npm test"},
    {"tsc", "types of TypeScript"},
    {"cmake", "ctest"},
    {"make", "make test"},
    {"cargo", "cargo check, cargo test"},
    {"go", "go vet, go test"},
};

void print(bool good, const std::string& what, const std::string& text) {
    std::printf("%-4s %-10s %s\n", good ? "ok" : "-", what.c_str(), printable(text).c_str());
}

std::vector<std::string> question_for_version(const std::string& name) {
    if (name == "go") return {name, "version"};
    if (name == "pyflakes") return {"python3", "-I", "-m", name, "--version"};
    if (name == "yaml") return {"python3", "-I", "-c", "import yaml; print(yaml.__version__)"};
    return {name, "--version"};
}

/// The first line of `TOOL --version`, as a command of an agent would find it.
asio::awaitable<std::string> version_of(sandbox& where, const char* name) {
    sandbox_command command;
    command.argv = question_for_version(name);
    command.root = std::filesystem::temp_directory_path();
    const auto ended =
        co_await where.run(std::move(command), deadline::in(std::chrono::seconds(20)));
    if (!ended || !ended->exited() || ended->exit_code != 0) co_return std::string();
    co_return first_line(ended->output.text(), 60);
}

asio::awaitable<void> examine(bool& isolated) {
    const auto probed = co_await probe_bubblewrap(deadline::in(std::chrono::seconds(20)));
    isolated = probed.has_value();
    const auto where = isolated ? make_bubblewrap_sandbox() : make_open_sandbox();
    print(isolated, "sandbox", isolated ? where->description() : probed.error().context);
    for (const auto& t : tools) {
        const std::string version = co_await version_of(*where, t.name);
        print(
            !version.empty(),
            t.name,
            version.empty() ? std::string("not found; needed for: ") + t.use : version
        );
    }
}

}  // namespace

exit_code carry_out(const doctor_options&) {
    bool isolated = false;
    run_to_end([&] { return examine(isolated); });
    const auto folder = state_folder();
    print(true, "state", folder.string());
    if (std::filesystem::exists(folder / "riva.db")) {
        const auto record = open_journal();
        print(record.has_value(), "journal", record ? "can be read" : record.error().context);
    }
    run_options none;
    const auto settings = configure(none, std::filesystem::current_path());
    if (!settings)
        print(false, "settings", settings.error().context);
    else if (const auto tiers = agents::describe_tiers(*settings))
        for (const auto t : llm::all_tiers)
            print(true, std::string(llm::to_string(t)), llm::to_string(tiers->at(t).spec));
    else
        print(false, "model", "none; name one with --model or RIVA_MODEL");
    return isolated ? exit_code::verified : exit_code::no_sandbox;
}

}  // namespace riva::cli
