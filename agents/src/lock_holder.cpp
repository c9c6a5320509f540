#include "lock_holder.hpp"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

namespace riva::agents {
namespace {

/// As `/proc/locks` writes it.
std::string name_of(const struct stat& file) {
    std::array<char, 64> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%02x:%02x:%llu",
        major(file.st_dev),
        minor(file.st_dev),
        static_cast<unsigned long long>(file.st_ino)
    );
    return text.data();
}

/// Lines are like `1: FLOCK  ADVISORY  WRITE 12 fe:00:34 0 EOF`; of those that wait for the lock
/// the second word is `->`.
int find_process(const std::string& file) {
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, advice, access, on;
        int process = 0;
        if (words >> number >> kind >> advice >> access >> process >> on && kind == "FLOCK" &&
            on == file && process > 0)
            return process;
    }
    return 0;
}

/// Seconds after the machine was started; nothing when there is no such process any more.
std::optional<double> find_start(int process) {
    std::ifstream in("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    if (!std::getline(in, line)) return std::nullopt;
    // The name of the program, in parentheses, may hold anything.
    std::istringstream words(line.substr(line.rfind(')') + 1));
    std::string word;
    for (int n = 3; n < 22; ++n) words >> word;
    double ticks = 0;
    if (!(words >> ticks)) return std::nullopt;
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

std::optional<lock_holder> find_lock_holder(int descriptor) {
    struct stat file;
    if (::fstat(descriptor, &file) != 0) return std::nullopt;
    const int process = find_process(name_of(file));
    if (process == 0) return std::nullopt;
    const auto start = find_start(process);
    timespec up{};
    if (!start || ::clock_gettime(CLOCK_BOOTTIME, &up) != 0) return std::nullopt;
    const auto age = std::chrono::seconds(up.tv_sec - static_cast<std::time_t>(*start));
    return lock_holder{
        process, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - age
    };
}

std::string to_string(const lock_holder& who) {
    const std::time_t since = std::chrono::system_clock::to_time_t(who.since);
    std::tm utc{};
    ::gmtime_r(&since, &utc);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &utc);
    return "process " + std::to_string(who.process) + " since " + text.data();
}

}  // namespace riva::agents
