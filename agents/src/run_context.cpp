#include "run_context.hpp"

#include <chrono>

namespace riva::agents {
namespace {

bool belongs_in_journal(const events::body& body) {
    return !std::holds_alternative<events::model_delta>(body);
}

}  // namespace

asio::awaitable<void> run_context::emit(events::body body) {
    event e;
    e.time =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    e.run = id;
    e.body = std::move(body);
    if (belongs_in_journal(e.body)) {
        e.seq = ++seq;
        const auto written = co_await record->append(e);
        if (!written)
            throw run_over(
                "error",
                {"journal", written.error().context, "Nothing was applied; see riva doctor."}
            );
    } else {
        e.seq = seq;
    }
    if (watcher != nullptr) co_await watcher->observe(e);
}

void run_context::check_limits() const {
    if (stop_asked)
        throw run_over("cancelled", {"interrupted", "Stopped at a safe point, as asked.", ""});
    if (by.expired())
        throw run_over(
            "exhausted",
            {"deadline",
             "The deadline passed before the task was verified.",
             "Give more time with --deadline."}
        );
    if (intentions > options.max_intentions)
        throw run_over(
            "exhausted",
            {"intentions",
             "The run needed more than " + std::to_string(options.max_intentions) + " intentions.",
             "Raise max_intentions, or make the task smaller."}
        );
}

}  // namespace riva::agents
