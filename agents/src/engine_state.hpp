#pragma once

#include "check_archive.hpp"
#include "pattern_archive.hpp"
#include "project_archive.hpp"
#include "run_context.hpp"
#include "run_lock.hpp"
#include "run_plan.hpp"
#include "trust_archive.hpp"

#include <riva/agents/engine.hpp>

#include <boost/asio/thread_pool.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace riva::agents {

/// What all runs of an engine share, and how each of them is carried out. May be used from several
/// threads at once.
struct engine::state {
    state(agents::settings s, engine_parts given) : options(std::move(s)), parts(std::move(given)) {
        if (!parts.blocking) {
            pool.emplace(2);
            parts.blocking = pool->get_executor();
        }
        if (parts.checkpoint == nullptr) parts.checkpoint = &automatic;
        if (!options.provider.governors)
            options.provider.governors = std::make_shared<llm::governors>();
    }

    ~state() {
        if (pool) pool->join();
    }

    agents::settings options;
    engine_parts parts;
    agents::checkpoint automatic;
    std::optional<asio::thread_pool> pool;
    trust_archive trust{options.state_folder / "riva.db", parts.trust};
    verify::verdict_cache verdicts;
    check_archive checks{options.state_folder / "riva.db"};
    pattern_archive patterns{options.state_folder / "riva.db"};
    project_archive project{options.state_folder / "riva.db", options.state_folder / "runs"};
    std::mutex opening;  // guards the following; never held across a suspension
    std::unique_ptr<riva::journal> own_journal;
    std::map<isolation, std::unique_ptr<riva::sandbox>> own_sandboxes;

    result<riva::journal*> journal();
    riva::sandbox* sandbox(isolation kind);
    void lend_parts(run_context& run);
    void prepare(run_context& run, run_plan& plan, observer* watcher, deadline by);
    asio::awaitable<result<void>> work(
        run_context& run, report& outcome, run_plan& plan, std::optional<run_lock>& lock
    );
    asio::awaitable<result<report>> carry_out(
        asio::any_io_executor on,
        run_plan plan,
        std::optional<run_lock> lock,
        observer* watcher,
        deadline by
    );
};

/// Makes the folder, for its owner alone, where there is none.
result<void> make_private_folder(const std::filesystem::path& folder);

}  // namespace riva::agents
