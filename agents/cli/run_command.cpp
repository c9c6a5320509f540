#include "ask_terminal.hpp"
#include "commands.hpp"
#include "configuration.hpp"
#include "demo.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "terminal_text.hpp"

#include <riva/agents/engine.hpp>
#include <riva/agents/error.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
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

result<deadline> make_deadline(const std::string& text) {
    if (text.empty()) return deadline::never();
    const auto span = agents::parse_duration(text);
    if (!span || span->count() == 0)
        return error{
            agents::errc::bad_value,
            "'" + text + "' is no time for --deadline; write 90s, 10m or 1h30m."
        };
    return deadline::in(*span);
}

void print_result(const run_options& options, const std::string& diff) {
    if (!options.output.empty()) {
        std::ofstream out(options.output, std::ios::binary);
        if (!(out << diff).flush())
            std::fprintf(stderr, "riva: cannot write %s\n", options.output.c_str());
        return;
    }
    if (options.json) return;
    // Escaped for eyes only: piped into `git apply` it must be the bytes.
    const std::string text = ::isatty(STDOUT_FILENO) == 1 ? printable(diff) : diff;
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

/// A run that could not start has a last line as well.
exit_code report_no_start(const run_options& options, const error& why) {
    if (options.json) {
        event last;
        last.seq = 1;
        last.time =
            std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()
            );
        events::run_result result;
        result.outcome = "error";
        result.error = {why.code.message(), why.context, ""};
        last.body = std::move(result);
        std::printf("%s\n", to_json(last).c_str());
    }
    return complain(why);
}

struct ended_run {
    std::optional<result<agents::report>> report;
    std::exception_ptr failure;
    int signal = 0;
};

ended_run run_engine(
    const agents::settings& settings, agents::task task, observer* watcher, deadline by
) {
    boost::asio::io_context io(1);
    signals interrupts(io);
    ask_terminal asking;
    agents::engine_parts parts;
    if (settings.approve == agents::approval::ask) parts.checkpoint = &asking;
    agents::engine engine(io.get_executor(), settings, parts);
    ended_run ended;
    engine.async_run(
        std::move(task),
        watcher,
        by,
        boost::asio::bind_cancellation_slot(
            interrupts.slot(),
            [&](std::exception_ptr e, result<agents::report> r) {
                ended.failure = e;
                if (!e) ended.report = std::move(r);
                interrupts.done();
            }
        )
    );
    io.run();
    ended.signal = interrupts.received();
    return ended;
}

/// What the last event said, for runs whose report was lost to a cancellation.
class last_result final : public observer {
public:
    explicit last_result(observer* next) : next_(next) {}

    asio::awaitable<void> observe(const event& e) override {
        if (const auto* result = std::get_if<events::run_result>(&e.body)) seen = *result;
        if (next_ != nullptr) co_await next_->observe(e);
    }

    std::optional<events::run_result> seen;

private:
    observer* next_;
};

exit_code finish(const run_options& options, const ended_run& ended, const last_result& last) {
    if (ended.report && !ended.report->has_value())
        return report_no_start(options, ended.report->error());
    if (ended.signal == SIGTERM) return exit_code::terminated;
    if (ended.failure && ended.signal == 0) std::rethrow_exception(ended.failure);
    if (ended.failure) return exit_code::interrupted;
    const agents::report& report = ended.report->value();
    print_result(options, report.diff);
    if (!options.quiet && !options.json && !report.changes.empty() && !options.write &&
        !options.demo)
        std::fprintf(
            stderr,
            "riva: nothing was written; to take the change: riva apply %s\n",
            report.run.c_str()
        );
    return exit_code_of(last.seen.value_or(report.result));
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
    if (options.no_sandbox)
        std::fputs("riva: warning: commands run without isolation, with your rights\n", stderr);

    std::unique_ptr<observer> watcher;
    if (options.json)
        watcher = make_json_lines();
    else if (!options.quiet)
        watcher = make_progress(options.color);
    last_result last(watcher.get());
    const ended_run ended = run_engine(*settings, std::move(*task), &last, *by);
    return finish(options, ended, last);
}

}  // namespace riva::cli
