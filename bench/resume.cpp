#include "resume.hpp"

#include "processor_time.hpp"
#include "read_events.hpp"

#include <riva/agents/engine.hpp>
#include <riva/llm/model.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <fstream>
#include <functional>
#include <string>
#include <utility>

namespace riva::bench {
namespace {

constexpr std::size_t parts = 4;
constexpr std::size_t events_of_a_step = 4;

constexpr const char* plan = R"({"reason": "four files", "children": [
    {"what": "write one.py", "acceptance": "it is there", "check": null, "paths": ["one.py"], "needs": []},
    {"what": "write two.py", "acceptance": "it is there", "check": null, "paths": ["two.py"], "needs": []},
    {"what": "write three.py", "acceptance": "it is there", "check": null, "paths": ["three.py"], "needs": []},
    {"what": "write four.py", "acceptance": "it is there", "check": null, "paths": ["four.py"], "needs": []}]})";

constexpr const char* look = R"({"thought": "look first", "expectation": "a list", "done": false,
    "action": {"type": "query", "query": "list", "path": ".", "content": null, "edits": null,
               "argv": null, "command": null, "cwd": null, "pattern": null}})";

/// Answers so many questions at once, and none of those after them.
class looking_model : public llm::model {
public:
    looking_model(std::size_t most, std::function<void()> on_all_waiting)
        : most_(most), on_all_waiting_(std::move(on_all_waiting)) {}

    asio::awaitable<result<llm::chat_reply>> complete(
        llm::chat_request request, llm::stream_observer, deadline
    ) override {
        if (answered_ < most_) {
            ++answered_;
            llm::chat_reply reply;
            reply.text = request.schema->name == "riva_decomposition" ? plan : look;
            reply.stop = llm::stop_reason::end_turn;
            co_return reply;
        }
        if (++waiting_ == parts) on_all_waiting_();
        asio::steady_timer never(co_await asio::this_coro::executor, std::chrono::hours(1));
        co_await never.async_wait(asio::use_awaitable);
        co_return error{std::make_error_code(std::errc::timed_out), "The model gave no answer."};
    }

    std::string name() const override { return "openai:looking"; }

private:
    std::size_t most_;
    std::function<void()> on_all_waiting_;
    std::size_t answered_ = 0;
    std::size_t waiting_ = 0;
};

/// Where a run works, and what it leaves behind.
struct place {
    std::filesystem::path repository;
    agents::settings settings;
};

place make_place(const std::filesystem::path& folder) {
    place made;
    made.repository = folder / "repository";
    std::filesystem::create_directories(made.repository);
    std::ofstream(made.repository / "readme.md") << "# A service\n";
    made.settings.state_folder = folder / "state";
    made.settings.sandbox = agents::isolation::off;  // no command is run
    made.settings.max_steps = 1000;
    made.settings.width = parts;
    made.settings.spending = spending_limits::none();
    return made;
}

struct pass_time {
    std::chrono::duration<double, std::milli> elapsed{0};
    double processor_ns = 0;
};

/// One pass over a run, from `begin`, which starts it on an engine, until all parts wait for an
/// answer; there it is stopped.
template <class Begin>
result<pass_time> time_pass(const place& where, std::size_t answers, Begin begin) {
    asio::io_context io(1);
    asio::cancellation_signal stop;
    pass_time took;
    const double processor_before = processor_ns();
    const auto start = std::chrono::steady_clock::now();
    looking_model model(answers, [&] {
        took = {std::chrono::steady_clock::now() - start, processor_ns() - processor_before};
        asio::post(io, [&] { stop.emit(asio::cancellation_type::terminal); });
    });
    agents::engine_parts given;
    given.model = &model;
    agents::engine engine(io.get_executor(), where.settings, given);
    error ended{
        std::make_error_code(std::errc::protocol_error), "The run did not come to its end."
    };
    begin(
        engine,
        asio::bind_cancellation_slot(
            stop.slot(),
            [&](std::exception_ptr, const result<agents::report>& outcome) {
                if (!outcome) ended = outcome.error();
            }
        )
    );
    io.run();
    if (took.processor_ns == 0) return ended;
    return took;
}

result<std::size_t> count_events(const place& where, const std::string& run) {
    asio::io_context io(1);
    agents::engine engine(io.get_executor(), where.settings);
    const auto journal = engine.journal();
    if (!journal) return journal.error();
    const auto found = read_events(**journal, run);
    if (!found) return found.error();
    return found->size();
}

}  // namespace

result<resume_figures> time_resume(const std::filesystem::path& folder, std::size_t events) {
    const place where = make_place(folder);
    const std::string run = agents::make_run_id();
    const auto first = time_pass(where, events / events_of_a_step, [&](auto& engine, auto token) {
        agents::task job;
        job.repository = where.repository;
        job.what = "Build a server application with a database.";
        job.acceptance = "It answers.";
        job.run = run;
        engine.async_run(std::move(job), nullptr, deadline{}, std::move(token));
    });
    if (!first) return first.error();
    const auto recorded = count_events(where, run);
    if (!recorded) return recorded.error();
    const auto again = time_pass(where, 0, [&](auto& engine, auto token) {
        agents::resumption what;
        what.run = run;
        engine.async_resume(std::move(what), nullptr, deadline{}, std::move(token));
    });
    if (!again) return again.error();
    return resume_figures{again->elapsed.count(), again->processor_ns / 1e6, *recorded};
}

}  // namespace riva::bench
