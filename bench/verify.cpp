#include "verify.hpp"

#include "json_scanner.hpp"
#include "processor_time.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/provider.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

namespace riva::bench {
namespace {

namespace json = boost::json;
using steady = std::chrono::steady_clock;

constexpr std::string_view instruction =
    "You check one claim against the passage that it cites. Compare every number, unit, date, name "
    "and quantifier, and use nothing that the passage does not say. Answer with one JSON object "
    "with the members claim, verdict (pass or fail), score, evidence (a list of short quotations) "
    "and reason, and with nothing else.";

constexpr std::string_view material =
    ".\n\nClaim: In 2022 the eastern yard moved 2.17 million containers, 8.4 percent more than the "
    "year before, and for the first time a move cost less than 36.00.\n\nPassage: The eastern yard "
    "moved 2.17 million containers in 2022, after 2.00 million in 2021, which is 8.4 percent more. "
    "A move cost 35.80 on average, after 37.15 in the year before; no earlier year had been below "
    "36.00. The western yard moved 1.31 million containers, 0.9 percent fewer. All figures are "
    "rounded; costs are without the depreciation of the new cranes. The report was reviewed and no "
    "objection was raised against its method.\n\nAnswer with the verdict as JSON.";

llm::chat_request ask_about(std::size_t claim, bool stream) {
    llm::chat_request request;
    request.messages.reserve(2);
    request.messages.push_back({llm::role::system, std::string(instruction)});
    request.messages.push_back(
        {llm::role::user, "Check claim #" + std::to_string(claim) + std::string(material)}
    );
    request.max_output_tokens = 256;
    request.stream = stream;
    return request;
}

enum class answer : std::uint8_t { pass, fail, garbled };

/// True for a letter and the number, with or without leading zeros.
bool names_claim(std::string_view name, std::size_t claim) {
    std::size_t number = 0;
    const char* end = name.data() + name.size();
    return name.size() > 1 && std::from_chars(name.data() + 1, end, number).ptr == end &&
           number == claim;
}

/// Handler for `json_scanner`: judges the members of the outermost object that it wants to see.
class verdict_reader {
public:
    explicit verdict_reader(std::size_t claim) : claim_(claim) {}

    answer read() const { return claim_seen_ ? verdict_ : answer::garbled; }

    bool on_object_begin() { return ++depth_ > 0; }
    bool on_array_begin() { return ++depth_ > 0; }
    bool on_object_end() { return depth_-- > 0; }
    bool on_array_end() { return depth_-- > 0; }
    bool on_key(std::string_view key) {
        if (depth_ == 1) member_ = key == "claim" ? 'c' : key == "verdict" ? 'v' : ' ';
        return true;
    }
    bool on_string(std::string_view text, std::string_view) {
        if (depth_ != 1) return true;
        if (member_ == 'c') claim_seen_ = names_claim(text, claim_);
        if (member_ == 'v')
            verdict_ = text == "pass"   ? answer::pass
                       : text == "fail" ? answer::fail
                                        : answer::garbled;
        return true;
    }
    bool on_int64(std::int64_t) { return true; }
    bool on_uint64(std::uint64_t) { return true; }
    bool on_double(double) { return true; }
    bool on_bool(bool) { return true; }
    bool on_null() { return true; }

private:
    std::size_t claim_;
    std::size_t depth_ = 0;
    char member_ = ' ';
    bool claim_seen_ = false;
    answer verdict_ = answer::garbled;
};

/// The verdict on that claim and no other.
answer read_verdict(std::string_view text, std::size_t claim) {
    verdict_reader reader(claim);
    llm::json_scanner scanner(reader);
    return scanner.scan(text) ? reader.read() : answer::garbled;
}

class measurement {
public:
    measurement(const verify_plan& plan, llm::model& model) : plan_(plan), model_(model) {
        milliseconds_.reserve(plan.calls);
    }

    asio::awaitable<void> run() {
        co_await fan_out(plan_.calls, plan_.concurrency, [this](std::size_t claim) {
            return verify(claim);
        });
    }

    verify_figures figures() {
        std::ranges::sort(milliseconds_);
        figures_.p50_ms = quantile(0.50);
        figures_.p99_ms = quantile(0.99);
        return std::move(figures_);
    }

private:
    asio::awaitable<void> verify(std::size_t claim) {
        const auto start = steady::now();
        const auto reply = co_await ask(claim);
        const std::chrono::duration<double, std::milli> took = steady::now() - start;
        milliseconds_.push_back(took.count());
        count(reply, claim);
    }

    /// No coroutine and no part of one, so that the request is not kept twice.
    [[gnu::noinline]] asio::awaitable<result<llm::chat_reply>> ask(std::size_t claim) {
        return model_.complete(ask_about(claim, plan_.stream), watch(), never_);
    }

    llm::stream_observer watch() {
        if (!plan_.stream) return {};
        llm::stream_observer counting;
        counting.on_event = [this](const llm::stream_event& event) {
            figures_.chunks += std::holds_alternative<llm::text_delta>(event) ? 1 : 0;
        };
        return counting;
    }

    void count(const result<llm::chat_reply>& reply, std::size_t claim) {
        const answer read = reply ? read_verdict(reply->text, claim) : answer::garbled;
        figures_.passed += read == answer::pass ? 1 : 0;
        figures_.failed += read == answer::fail ? 1 : 0;
        if (read != answer::garbled) return;
        ++figures_.errors;
        if (!figures_.first_error.empty()) return;
        figures_.first_error = reply ? "the answer holds no verdict on claim " +
                                           std::to_string(claim) +
                                           "; is the server a mock that "
                                           "answers with one?"
                                     : reply.error().context;
    }

    double quantile(double share) const {
        if (milliseconds_.empty()) return 0;
        const auto last = static_cast<double>(milliseconds_.size() - 1);
        return milliseconds_[static_cast<std::size_t>(share * last)];
    }

    const verify_plan& plan_;
    llm::model& model_;
    verify_figures figures_;
    std::vector<double> milliseconds_;
    const deadline never_;
};

rusage used_so_far() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return used;
}

/// A figure of /proc/self/status in KiB. Not from getrusage: its most memory is also that of the
/// program that started this one.
std::int64_t memory_kb(std::string_view name) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (std::int64_t figure = 0; word == name && status >> figure) return figure;
    return 0;
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

result<verify_figures> measure_verify(const verify_plan& plan) {
    llm::provider_options options;
    options.limits.idle_connections = plan.concurrency;
    llm::governor_policy policy;
    policy.width.start = policy.width.most = static_cast<int>(plan.concurrency);
    options.governors = std::make_shared<llm::governors>(policy);
    asio::io_context io(1);  // outlives the model, whose connections belong to it
    auto model = llm::make_model({"openai", plan.model, plan.url, "the benchmark"}, options);
    if (!model) return model.error();

    measurement measured(plan, **model);
    std::exception_ptr failure;
    const std::int64_t rss0 = memory_kb("VmRSS:");
    const rusage before = used_so_far();
    const auto wall = steady::now();
    const double start = processor_ns();
    asio::co_spawn(io, measured.run(), [&](std::exception_ptr e) { failure = e; });
    io.run();
    if (failure) std::rethrow_exception(failure);

    verify_figures figures = measured.figures();
    figures.cpu_s = (processor_ns() - start) / 1e9;
    figures.wall_s = std::chrono::duration<double>(steady::now() - wall).count();
    const rusage after = used_so_far();
    figures.user_s = seconds(after.ru_utime) - seconds(before.ru_utime);
    figures.sys_s = seconds(after.ru_stime) - seconds(before.ru_stime);
    figures.cpu_total_s = processor_ns() / 1e9;
    figures.max_rss_kb = memory_kb("VmHWM:");
    figures.rss0_kb = rss0;
    return figures;
}

std::string to_table(const verify_plan& plan, const verify_figures& figures) {
    const auto calls = static_cast<double>(plan.calls);
    std::array<char, 512> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "calls %zu  concurrency %zu  %s\n"
        "pass  %zu  fail %zu  errors %zu  chunks %zu\n"
        "cpu   %.1f us per call\n"
        "wall  %.3f s, %.0f calls per second\n"
        "time  p50 %.2f ms, p99 %.2f ms\n"
        "most memory %lld KiB\n",
        plan.calls,
        plan.concurrency,
        plan.stream ? "streamed" : "whole answers",
        figures.passed,
        figures.failed,
        figures.errors,
        figures.chunks,
        figures.cpu_s * 1e6 / calls,
        figures.wall_s,
        calls / figures.wall_s,
        figures.p50_ms,
        figures.p99_ms,
        static_cast<long long>(figures.max_rss_kb)
    );
    return text.data();
}

std::string to_json(const verify_plan& plan, const verify_figures& figures) {
    const json::object line{
        {"client", "riva"},
        {"n", plan.calls},
        {"c", plan.concurrency},
        {"stream", plan.stream},
        {"ok", figures.passed + figures.failed},
        {"errors", figures.errors},
        {"wall_s", figures.wall_s},
        {"cpu_s", figures.cpu_s},
        {"user_s", figures.user_s},
        {"sys_s", figures.sys_s},
        {"cpu_total_s", figures.cpu_total_s},
        {"max_rss_kb", figures.max_rss_kb},
        {"rss0_kb", figures.rss0_kb},
        {"p50_ms", figures.p50_ms},
        {"p99_ms", figures.p99_ms},
        {"chunks", figures.chunks},
    };
    return json::serialize(line) + "\n";
}

}  // namespace riva::bench
