#include "dying.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

namespace riva::test {
namespace {

std::atomic<int> place{-1};
std::atomic<int> left{0};
std::atomic<pass_counts*> counts{nullptr};

int find_place(std::string_view name) {
    const auto* const at = std::ranges::find(crash_point_names, name);
    return at == crash_point_names.end() ? -1 : static_cast<int>(at - crash_point_names.begin());
}

/// Nothing may die because of a name that was mistyped somewhere.
void read_environment() {
    const char* given = std::getenv("RIVA_CRASH_AT");
    if (given == nullptr) return;
    const std::string_view text = given;
    const auto colon = text.find(':');
    place = find_place(text.substr(0, colon));
    if (place < 0) ::_exit(64);
    left = colon == std::string_view::npos ? 1 : std::atoi(given + colon + 1);
}

int open_log() {
    const char* file = std::getenv("RIVA_CRASH_LOG");
    return file == nullptr ? -1 : ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void log(crash_point at) {
    static const int file = open_log();
    if (file < 0) return;
    const std::string line = std::string(crash_point_names[static_cast<std::size_t>(at)]) + "\n";
    if (::write(file, line.data(), line.size()) < 0) ::_exit(65);
}

}  // namespace

void die(death how) {
    place = static_cast<int>(how.at);
    left = how.time;
}

std::map<crash_point, int> passed_in(const std::string& log) {
    std::map<crash_point, int> passed;
    std::istringstream lines(log);
    for (std::string name; lines >> name;)
        if (const int at = find_place(name); at >= 0) ++passed[static_cast<crash_point>(at)];
    return passed;
}

void count_in(pass_counts* shared) {
    counts = shared;
}

}  // namespace riva::test

void riva::die_here(crash_point at) {
    using namespace riva::test;
    static const bool read = (read_environment(), true);
    static_cast<void>(read);
    log(at);
    if (pass_counts* shared = counts) ++(*shared)[static_cast<std::size_t>(at)];
    if (static_cast<int>(at) == place && left.fetch_sub(1) == 1) ::_exit(137);
}
