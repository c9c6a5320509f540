#include "commands.hpp"
#include "configuration.hpp"
#include "demo.hpp"
#include "supervision.hpp"

#include <iostream>
#include <iterator>
#include <optional>

namespace riva::cli {
namespace {

namespace fs = std::filesystem;

result<agents::task> make_task(const run_options& options, const fs::path& repository) {
    agents::task task;
    task.what = options.task;
    if (options.task == "-") task.what.assign(std::istreambuf_iterator<char>(std::cin), {});
    task.acceptance = options.acceptance;
    task.repository = repository;
    task.checks = options.checks;
    task.agent = options.agent;
    task.write = options.write;
    return task;
}

}  // namespace

exit_code carry_out(const run_options& given) {
    run_options options = given;
    std::optional<demonstration> demo;
    if (options.demo) {
        auto prepared = demonstration::prepare();
        if (!prepared) return complain(prepared.error());
        demo.emplace(std::move(*prepared));
        demo->fill_in(options);
    }
    const fs::path repository =
        options.repository.empty() ? git_root(fs::current_path()) : options.repository;
    const auto settings = configure(options, repository);
    if (!settings) return report_no_start(options, settings.error());
    const auto by = make_deadline(options.deadline);
    if (!by) return report_no_start(options, by.error());
    auto task = make_task(options, repository);
    if (!task) return report_no_start(options, task.error());
    return supervise(options, *settings, [&](supervised_engine& with) {
        with.engine.async_run(std::move(*task), with.watcher, *by, with.handler());
    });
}

}  // namespace riva::cli
