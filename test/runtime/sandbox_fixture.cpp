#include "sandbox_fixture.hpp"

#include "catch.hpp"
#include "run.hpp"

#include <unistd.h>

#include <chrono>
#include <optional>

namespace riva::test {
namespace {

result<process_exit> run_until(sandbox_command command, sandbox& where, deadline by) {
    std::optional<result<process_exit>> ended;
    run([&]() -> asio::awaitable<void> { ended = co_await where.run(command, by); });
    return std::move(*ended);
}

}  // namespace

bool has_bubblewrap() {
    return ::access("/usr/bin/bwrap", X_OK) == 0;
}

sandbox_command script(const std::filesystem::path& root, std::string text) {
    sandbox_command command;
    command.argv = {"sh", "-c", std::move(text)};
    command.root = root;
    return command;
}

result<process_exit> run_in(sandbox_command command, sandbox& where) {
    return run_until(std::move(command), where, deadline::in(std::chrono::minutes(2)));
}

result<process_exit> run_in(sandbox_command command, deadline by) {
    const auto where = make_bubblewrap_sandbox();
    return run_until(std::move(command), *where, min(by, deadline::in(std::chrono::minutes(2))));
}

std::string run_script(const std::filesystem::path& root, std::string text) {
    const auto ended = run_in(script(root, std::move(text)));
    INFO((ended ? std::string() : ended.error().context));
    REQUIRE(ended.has_value());
    INFO(ended->errors.head);
    CHECK(ended->exited());
    return ended->output.head;
}

}  // namespace riva::test
