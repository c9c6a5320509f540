#include "program.hpp"

#include "run.hpp"
#include "world.hpp"

#include <riva/runtime/process.hpp>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace riva::test {

std::vector<std::string> ended_program::lines() const {
    std::vector<std::string> all;
    for (std::size_t from = 0; from < out.size();) {
        const std::size_t end = std::min(out.find('\n', from), out.size());
        all.push_back(out.substr(from, end - from));
        from = end + 1;
    }
    return all;
}

installation::installation(
    const std::map<std::string, std::string>& files, const std::filesystem::path& below
)
    : repository(below), home(below), program(RIVA_PROGRAM) {
    for (const auto& [name, content] : files) repository.write(name, content);
}

ended_program installation::riva(std::vector<std::string> arguments, std::string input) const {
    arguments.insert(arguments.begin(), program);
    return start(std::move(arguments), std::move(input));
}

ended_program installation::shell(std::string line) const {
    return start({"/bin/sh", "-c", std::move(line)}, "");
}

ended_program installation::start(std::vector<std::string> argv, std::string input) const {
    process_request request;
    request.argv = std::move(argv);
    request.directory = repository.path();
    request.input = std::move(input);
    request.keep = std::size_t{8} << 20;
    request.environment = environment;
    request.environment.insert(
        request.environment.end(),
        {"PATH=/usr/local/bin:/usr/bin:/bin",
         "HOME=" + home.path().string(),
         "RIVA_HOME=" + (home / "state").string(),
         "RIVA=" + program}
    );
    if (const char* options = std::getenv("TSAN_OPTIONS"))
        request.environment.push_back(std::string("TSAN_OPTIONS=") + options);
    ended_program ended;
    run([&]() -> asio::awaitable<void> {
        const auto exit =
            (co_await run_process(request, deadline::in(std::chrono::minutes(2)))).value();
        ended = {exit.exit_code, exit.output.text(), exit.errors.text()};
    });
    return ended;
}

events::run_result result_in(const ended_program& p) {
    const auto lines = p.lines();
    if (lines.empty()) throw std::runtime_error("no output; standard error: " + p.err);
    return std::get<events::run_result>(event_from_json(lines.back()).value().body);
}

std::string script_that_writes_add(int wrong) {
    std::vector<std::string> answers(
        static_cast<std::size_t>(wrong),
        propose(create_file{"m.py", "def add(a, b):\n    return a - b\n"})
    );
    answers.push_back(propose(create_file{"m.py", "def add(a, b):\n    return a + b\n"}));
    return script_of(answers);
}

}  // namespace riva::test
