#include "regular_file.hpp"
#include "semantic_tools.hpp"

#include <riva/verify/checks.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

using check_list = std::vector<std::shared_ptr<check>>;
using texts = std::vector<std::string>;

constexpr std::size_t python_files_at_once = 64;

texts with_ending(const texts& files, std::initializer_list<std::string_view> endings) {
    texts found;
    std::ranges::copy_if(files, std::back_inserter(found), [&](const std::string& file) {
        return std::ranges::any_of(endings, [&](std::string_view ending) {
            return file.ends_with(ending);
        });
    });
    return found;
}

source_judge semantic(
    std::string language,
    milliseconds cost,
    std::string passed,
    std::function<asio::awaitable<evidence>(source_task, deadline)> judge
) {
    return {layer::semantic, std::move(language), cost, std::move(passed), std::move(judge)};
}

void add_python(check_list& to, sandbox& where, const texts& changed) {
    for (auto& files : in_pieces(with_ending(changed, {".py", ".pyw"}), python_files_at_once))
        to.push_back(make_source_check(
            where,
            semantic("python", milliseconds(200), "no undefined name", judge_python_names),
            std::move(files)
        ));
}

void add_cpp(check_list& to, sandbox& where, const fs::path& root, const texts& changed) {
    const texts sources = with_ending(changed, {".c", ".cc", ".cpp", ".cxx"});
    const auto database = sources.empty() ? std::nullopt : compile_database::read(root);
    if (!database) return;
    for (const std::string& file : sources) {
        auto command = database->command_for(file);
        if (!command) continue;
        const auto judge = [as = std::move(*command)](source_task task, deadline by) {
            return judge_compilation(std::move(task), as, by);
        };
        to.push_back(make_source_check(
            where, semantic("cpp", milliseconds(1000), "compiles as in the build", judge), {file}
        ));
    }
}

/// One check for all files of a language that is judged as a project, if the root is one.
void add_project(
    check_list& to, sandbox& where, const fs::path& manifest, texts files, source_judge how
) {
    if (files.empty() || !is_plain_file(manifest)) return;
    to.push_back(make_source_check(where, std::move(how), std::move(files)));
}

}  // namespace

std::vector<std::shared_ptr<check>> semantic_checks(
    sandbox& where, const fs::path& root, const std::vector<std::string>& changed
) {
    check_list checks;
    add_python(checks, where, changed);
    add_cpp(checks, where, root, changed);
    add_project(
        checks,
        where,
        root / "tsconfig.json",
        with_ending(changed, {".ts", ".tsx", ".mts", ".cts"}),
        semantic("typescript", milliseconds(3000), "types agree", judge_typescript)
    );
    add_project(
        checks,
        where,
        root / "Cargo.toml",
        with_ending(changed, {".rs"}),
        semantic("rust", milliseconds(10'000), "compiles", judge_rust)
    );
    add_project(
        checks,
        where,
        root / "go.mod",
        with_ending(changed, {".go"}),
        semantic("go", milliseconds(5000), "vetted", judge_go)
    );
    return checks;
}

}  // namespace riva::verify
