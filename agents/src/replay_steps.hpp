#pragma once

#include "model_call.hpp"
#include "recorded_pass.hpp"
#include "work_item.hpp"

#include <riva/agents/checkpoint.hpp>
#include <riva/agents/complexity.hpp>

#include <string>
#include <vector>

/// What a run asks of the world, answered from the record of a pass that is done once more. All
/// that is decided from these answers is decided again. `run.again` is not null.
namespace riva::agents {

complexity assess_again(run_context& run, const intention& it);

/// Whom to ask, and for what, was decided again; what was said is in the record.
/// Throws `intention_exhausted` where the account of the intention could not carry the call.
asio::awaitable<result<std::string>> answer_again(model_call call);

/// What an action did, also to the tree.
result<outcome> carry_out_again(work_item& item, const action& what);

/// What the checks of a round said.
asio::awaitable<std::vector<evidence>> look_again(run_context& run, const intention& it, int round);

/// What cannot be known again of the verdict of a judge: how long it took, and the digest of what
/// was shown.
void measure_again(const run_context& run, events::check_ended& said);

/// In the place of a diff: empty if nothing was changed.
asio::awaitable<result<std::string>> imagine_diff(workspace& tree);

/// Decides as whoever decided then.
class recorded_checkpoint final : public checkpoint {
public:
    explicit recorded_checkpoint(const recorded_pass& pass) : pass_(pass) {}

    asio::awaitable<bool> approve_action(
        const intention& of, const action& a, const verify::risk& why
    ) override;
    asio::awaitable<bool> approve_decomposition(
        const intention& of, std::span<const intention> parts
    ) override;
    asio::awaitable<std::optional<judgment>> judge_action(const intention& of, const cycle& c)
        override;
    asio::awaitable<bool> verify_integration(const intention& of, std::span<const evidence> found)
        override;
    asio::awaitable<std::string> review_reflection(const intention& of, const cycle& failed)
        override;

private:
    const recorded_pass& pass_;
};

}  // namespace riva::agents
