#include "metrics_patterns.hpp"

#include "commands.hpp"
#include "configuration.hpp"
#include "metrics_cells.hpp"
#include "table.hpp"
#include "terminal_text.hpp"

#include <riva/memory/pattern_records.hpp>
#include <riva/runtime/error.hpp>
#include <riva/verify/pattern_standing.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace riva::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using memory::pattern_row;
using memory::pattern_time;

pattern_time now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()
    );
}

result<std::string> find_project(const metrics_options& options) {
    std::error_code failed;
    const auto named =
        options.repository.empty() ? git_root(fs::current_path()) : options.repository;
    const auto found = fs::canonical(named, failed);
    if (!failed) return found.string();
    return error{
        riva::errc::tree_unreadable,
        "The repository " + named.string() + " cannot be read: " + failed.message() +
            "; name a folder with --repo."
    };
}

result<std::vector<pattern_row>> load(const std::string& project) {
    const fs::path file = state_folder() / "riva.db";
    if (!fs::exists(file)) return std::vector<pattern_row>{};
    const auto kept = memory::pattern_records::open(file);
    if (!kept) return kept.error();
    return (*kept)->load(project, now());
}

verify::pattern_standing standing_of(const pattern_row& row) {
    const bool failed_last =
        row.last_failure && (!row.last_success || *row.last_failure >= *row.last_success);
    return verify::assess_pattern({row.passed, row.failed, failed_last});
}

std::string age_of(const std::optional<pattern_time>& when) {
    if (!when) return "never";
    const auto age = std::chrono::duration<double, std::ratio<86400>>(now() - *when);
    return format("%.1f days ago", age.count());
}

json::value milliseconds_of(const std::optional<pattern_time>& when) {
    if (!when) return nullptr;
    return when->time_since_epoch().count();
}

void print_json(const std::string& project, const pattern_row& row) {
    const auto standing = standing_of(row);
    const json::object line{
        {"repository", project},
        {"pattern", row.pattern},
        {"attempts", row.attempts()},
        {"successes", row.successes},
        {"failures", row.failures},
        {"passed", row.passed},
        {"failed", row.failed},
        {"lower", standing.lower},
        {"mean", standing.mean},
        {"upper", standing.upper},
        {"advice", verify::to_string(standing.advice)},
        {"last_success_ms", milliseconds_of(row.last_success)},
        {"last_failure_ms", milliseconds_of(row.last_failure)},
        {"run", row.run},
        {"step", row.step}
    };
    std::printf("%s\n", json::serialize(line).c_str());
}

void print_table(const std::vector<pattern_row>& rows) {
    table all(
        {"pattern",
         "advice",
         "run",
         "attempts",
         "right",
         "wrong",
         "at least",
         "expected",
         "last right",
         "last wrong"},
        3
    );
    for (const auto& row : rows) {
        const auto standing = standing_of(row);
        all.add(
            {row.pattern,
             std::string(verify::to_string(standing.advice)),
             row.run,
             count(row.attempts()),
             count(row.successes),
             count(row.failures),
             format("%.0f %%", standing.lower * 100),
             format("%.0f %%", standing.mean * 100),
             age_of(row.last_success),
             age_of(row.last_failure)}
        );
    }
    all.print();
}

}  // namespace

exit_code print_patterns(const metrics_options& options) {
    const auto project = find_project(options);
    if (!project) return complain(project.error());
    const auto rows = load(*project);
    if (!rows) return complain(rows.error());
    if (rows->empty())
        std::fprintf(
            stderr,
            "Nothing is known yet of how changes of %s came out.\n",
            printable(*project).c_str()
        );
    else if (!options.json)
        print_table(*rows);
    if (options.json)
        for (const auto& row : *rows) print_json(*project, row);
    return exit_code::verified;
}

}  // namespace riva::cli
