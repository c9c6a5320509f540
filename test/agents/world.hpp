#pragma once

#include "model_server.hpp"
#include "temporary_folder.hpp"

#include <riva/agents/engine.hpp>

#include <exception>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace riva::test {

/// What a scripted model proposes, as the JSON of an answer.
std::string propose(
    const action& what, bool done = true, std::string_view thought = "I think this is right."
);
/// A part of a decomposition: what, check or nothing, positions it needs.
struct planned {
    std::string what;
    std::string check;
    std::vector<int> needs;
};
std::string plan(const std::vector<planned>& parts);

/// A script that answers requests for actions with `actions` in order (the last one repeats), and
/// requests for a plan with `decomposition`.
std::string script_of(const std::vector<std::string>& actions, std::string_view decomposition = "");
/// Rules written out, `{"rules":[...]}` around them.
std::string script_of_rules(const std::vector<std::string>& rules);
/// A rule that answers every request for a plan with `text`.
std::string rule_for_plans(std::string_view text);
/// A rule for requests for actions whose prompt holds `about`.
std::string rule_about(std::string_view about, const std::vector<std::string>& actions);
/// A rule for requests to a model, with the same fault in each of its answers unless it is empty.
std::string rule_for_model(
    std::string_view model, const std::vector<std::string>& answers, std::string_view fault = ""
);

/// Everything an engine needs: a repository, a state folder, a model behind HTTP, and an ear for
/// the events.
class world {
public:
    explicit world(std::string_view script, const std::map<std::string, std::string>& files = {});

    temporary_folder repository;
    temporary_folder state;
    model_server server;
    agents::settings settings;
    agents::engine_parts parts;  ///< all but the checkpoint
    std::chrono::milliseconds time = std::chrono::minutes(2);  ///< of one run
    std::vector<event> events;
    agents::checkpoint* decide = nullptr;  ///< null: the evidence alone
    observer* also = nullptr;              ///< sees the events as well

    /// Runs one task to its end on a fresh context.
    result<agents::report> run(agents::task what, int threads = 1);
    /// Goes on with one.
    result<agents::report> resume(agents::resumption what);
    /// What the journal holds of a run.
    std::vector<event> recorded(const std::string& run_id);
    void record(const event& e);
    agents::task task(std::string what, std::vector<std::string> checks = {}) const;

    template <class Body>
    std::vector<Body> seen() const {
        std::vector<Body> all;
        for (const auto& e : events)
            if (const auto* body = std::get_if<Body>(&e.body)) all.push_back(*body);
        return all;
    }

private:
    using handler = std::function<void(std::exception_ptr, result<agents::report>)>;
    using starter = std::function<void(agents::engine&, observer&, handler)>;
    result<agents::report> work(const starter& start, int threads);
    void with_journal(const std::function<asio::awaitable<void>(journal&)>& use);
};

/// Keeps every event.
class recorder final : public observer {
public:
    explicit recorder(std::vector<event>& into, observer* next = nullptr)
        : into_(into), next_(next) {}
    asio::awaitable<void> observe(const event& e) override;

private:
    std::vector<event>& into_;
    observer* next_;
};

/// Whether commands can be isolated here; if not, says so once on standard output.
bool have_sandbox();

}  // namespace riva::test
