#include "pattern_lookup.hpp"

#include "median.hpp"

#include <riva/memory/pattern_records.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace riva::bench {
namespace {

using memory::pattern_records;
using memory::pattern_time;

constexpr pattern_time then{std::chrono::milliseconds(1'700'000'000'000)};
constexpr const char* projects[] = {"/home/someone/one", "/home/someone/two"};

std::string name(std::size_t i) {
    return "edit python source short large " + std::to_string(i);
}

result<void> fill(pattern_records& kept, std::size_t patterns) {
    for (std::size_t i = 0; i < patterns; ++i)
        for (const char* project : projects) {
            const auto added = kept.add(project, {name(i), project, name(i), "a.py", true, then});
            if (!added) return added.error();
        }
    return {};
}

}  // namespace

result<double> time_pattern_lookup(const std::filesystem::path& folder, std::size_t patterns) {
    const auto kept = pattern_records::open(folder / "patterns.db");
    if (!kept) return kept.error();
    if (const auto filled = fill(**kept, patterns); !filled) return filled.error();
    std::vector<double> took;
    for (std::size_t i = 0; i < 2000; ++i) {
        const std::string pattern = name(i * 7 % patterns);
        const auto start = std::chrono::steady_clock::now();
        const auto found = (*kept)->find(projects[i % 2], pattern, then);
        const std::chrono::duration<double, std::micro> once =
            std::chrono::steady_clock::now() - start;
        if (!found) return found.error();
        took.push_back(once.count());
    }
    return median(std::move(took));
}

}  // namespace riva::bench
