#include "processes.hpp"

#include "run.hpp"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace fs = std::filesystem;

namespace riva::test {
namespace {

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();  // a process that is gone by now ends it early
    return out.str();
}

std::vector<pid_t> all_processes() {
    std::vector<pid_t> found;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") == std::string::npos)
            found.push_back(static_cast<pid_t>(std::stol(name)));
    }
    return found;
}

fs::path folder_of(pid_t pid) {
    return fs::path("/proc") / std::to_string(pid);
}

}  // namespace

std::vector<pid_t> processes_with(const std::string& marker) {
    std::vector<pid_t> found;
    for (const pid_t pid : all_processes())
        if (content(folder_of(pid) / "cmdline").find(marker) != std::string::npos)
            found.push_back(pid);
    return found;
}

std::vector<pid_t> children() {
    std::vector<pid_t> found;
    for (const pid_t pid : all_processes()) {
        const std::string stat = content(folder_of(pid) / "stat");
        const auto name_end = stat.rfind(')');
        if (name_end == std::string::npos) continue;
        if (stat.find("(llvm-symbolizer)") != std::string::npos) continue;  // of a sanitizer
        std::istringstream fields(stat.substr(name_end + 1));
        char state = 0;
        pid_t parent = 0;
        if (fields >> state >> parent && parent == ::getpid()) found.push_back(pid);
    }
    return found;
}

std::string unique_span() {
    static std::atomic<int> count = 0;
    return "86400." + std::to_string(::getpid()) + "000" + std::to_string(++count);
}

process_request shell(std::string script) {
    process_request request;
    request.argv = {"/bin/sh", "-c", std::move(script)};
    request.environment = {"PATH=/usr/bin:/bin"};
    return request;
}

result<process_exit> run_to_end(process_request request) {
    std::optional<result<process_exit>> ended;
    run([&]() -> asio::awaitable<void> {
        ended = co_await run_process(request, deadline::in(std::chrono::minutes(2)));
    });
    return std::move(*ended);
}

}  // namespace riva::test
