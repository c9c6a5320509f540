#include "supervision.hpp"

#include "ask_terminal.hpp"
#include "commands.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "terminal_text.hpp"

#include <riva/agents/error.hpp>

#include <boost/asio/io_context.hpp>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>

namespace riva::cli {
namespace {

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

struct ended_run {
    std::optional<result<agents::report>> report;
    std::exception_ptr failure;
    int signal = 0;
};

ended_run run_engine(
    const agents::settings& settings,
    observer* watcher,
    const std::function<void(supervised_engine&)>& start
) {
    boost::asio::io_context io(1);
    signals interrupts(io);
    ask_terminal asking;
    agents::engine_parts parts;
    if (settings.approve == agents::approval::ask) parts.checkpoint = &asking;
    agents::engine engine(io.get_executor(), settings, parts);
    ended_run ended;
    supervised_engine with{
        engine,
        watcher,
        interrupts.slot(),
        [&](std::exception_ptr e, result<agents::report> r) {
            ended.failure = e;
            if (!e) ended.report = std::move(r);
            interrupts.done();
        }
    };
    start(with);
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

/// Tells on standard error what can be done with what is there.
void print_next_step(
    const run_options& options, const agents::report& report, const events::run_result& result
) {
    if (options.quiet || options.json || options.demo) return;
    if (result.resumable)
        std::fprintf(stderr, "riva: to go on from here: riva resume %s\n", report.run.c_str());
    if (!report.changes.empty() && !options.write)
        std::fprintf(
            stderr,
            "riva: nothing was written; to take the change: riva apply %s\n",
            report.run.c_str()
        );
}

exit_code finish(const run_options& options, const ended_run& ended, const last_result& last) {
    if (ended.report && !ended.report->has_value())
        return report_no_start(options, ended.report->error());
    if (ended.signal == SIGTERM) return exit_code::terminated;
    if (ended.failure && ended.signal == 0) std::rethrow_exception(ended.failure);
    if (ended.failure) return exit_code::interrupted;
    const agents::report& report = ended.report->value();
    print_result(options, report.diff);
    const events::run_result& result = last.seen ? *last.seen : report.result;
    print_next_step(options, report, result);
    return exit_code_of(result);
}

}  // namespace

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

exit_code supervise(
    const run_options& options,
    const agents::settings& settings,
    const std::function<void(supervised_engine&)>& start
) {
    if (settings.sandbox == agents::isolation::off)
        std::fputs("riva: warning: commands run without isolation, with your rights\n", stderr);
    std::unique_ptr<observer> watcher;
    if (options.json)
        watcher = make_json_lines();
    else if (!options.quiet)
        watcher = make_progress(options.color);
    last_result last(watcher.get());
    const ended_run ended = run_engine(settings, &last, start);
    return finish(options, ended, last);
}

}  // namespace riva::cli
