#include "judge.hpp"

#include "ask_model.hpp"
#include "history.hpp"
#include "judgment.hpp"
#include "prompt.hpp"
#include "prompts.hpp"
#include "replay_steps.hpp"

#include <riva/runtime/digest.hpp>

#include <algorithm>
#include <chrono>

namespace riva::agents {
namespace {

constexpr std::size_t most_of_an_item = 48 * 1024;

/// Nobody who writes an item can know it; the same in a repetition of the run.
std::string nonce_of(work_item& item) {
    const std::string all = item.run.seed + "/" + item.it.id + "/" + std::to_string(item.steps) +
                            "/" + std::to_string(++item.nonces);
    return "item_" + sha256(all).substr(0, 16);
}

/// A tier above the one that proposed, where there is one.
tier_decision choose_judge(const work_item& item) {
    const auto& table = item.run.models->tiers();
    if (item.run.options.model_selection == strategy::baseline)
        return {{llm::tier::large, "always large"}, {}};
    const auto above = table.above(item.proposed_by);
    return {{above.value_or(item.proposed_by), "judges what was done"}, {}};
}

std::string describe(
    const std::vector<judged_item>& items, const std::vector<std::string>& nonces
) {
    std::string out;
    for (std::size_t i = 0; i < items.size(); ++i)
        out += "\n--- " + nonces[i] + "\n" + shorten(items[i].text, most_of_an_item) +
               "\n--- end of " + nonces[i] + "\n";
    return out;
}

evidence blank(const judged_item& of) {
    evidence e;
    e.check = "intent:" + of.name;
    e.layer = layer::intent;
    e.author = author::independent_model;
    e.inputs = sha256(of.text);
    return e;
}

std::vector<evidence> without_answer(const std::vector<judged_item>& items, const error& why) {
    std::vector<evidence> all;
    for (const auto& one : items) {
        all.push_back(blank(one));
        all.back().detail = "no model could judge it: " + why.context;
    }
    return all;
}

evidence evidence_of(const judged_item& of, const opinion& said) {
    evidence e = blank(of);
    e.result = said.result;
    e.detail = said.reason.empty() ? "the judge gave no reason" : said.reason;
    std::ranges::replace(e.detail, '\n', ' ');
    const bool decided = said.result == verdict::pass || said.result == verdict::fail;
    if (decided) e.grade = evidence_grade::judged;
    return e;
}

bool is_wanted(const work_item& item, const verification& v) {
    const bool open = v.result == verdict::pass || v.result == verdict::indeterminate;
    // Where a check of the acceptance could not decide, a judge cannot make up for it.
    const bool alone = std::ranges::none_of(v.found, is_acceptance);
    switch (item.run.options.judge) {
        case judging::off: return false;
        case judging::automatic: return open && alone && item.root();
        case judging::always: return open;
    }
    return false;
}

asio::awaitable<void> tell(work_item& item, const std::vector<evidence>& found) {
    auto& counts = item.run.result.verification;
    for (const auto& e : found) {
        ++counts.performed;
        if (e.result == verdict::fail) ++counts.caught;
        auto ended = events::check_ended{item.it.id, e};
        if (item.run.again != nullptr) measure_again(item.run, ended);
        co_await item.run.emit(std::move(ended));
    }
}

}  // namespace

asio::awaitable<std::vector<evidence>> ask_judge(work_item& item, std::vector<judged_item> items) {
    std::vector<std::string> nonces(items.size());
    std::ranges::generate(nonces, [&] { return nonce_of(item); });
    const std::string schema = judgment_schema(nonces);
    for (const auto& one : items)
        co_await item.run.emit(
            events::check_started{item.it.id, "intent:" + one.name, layer::intent}
        );
    question ask{
        item.it.id,
        prompts::judge,
        render(
            prompts::judgment,
            {{"goal", item.it.what},
             {"acceptance", item.it.acceptance.empty() ? "The goal is reached." : item.it.acceptance
             },
             {"items", describe(items, nonces)}}
        ),
        judgment_schema_name,
        schema,
        choose_judge(item),
        &item.account
    };
    ask.side_effect_free = true;
    ask.exact = true;
    ask.optional = true;
    const auto start = std::chrono::steady_clock::now();
    const auto answer = co_await ask_model(item.run, std::move(ask));
    std::vector<evidence> found;
    if (!answer) {
        found = without_answer(items, answer.error());
    } else {
        const auto opinions = read_judgment(*answer, nonces);
        for (std::size_t i = 0; i < items.size(); ++i)
            found.push_back(evidence_of(items[i], opinions[i]));
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start
    );
    for (auto& e : found) e.duration = took;
    co_await tell(item, found);
    co_return found;
}

asio::awaitable<void> consult_judge(work_item& item, verification& v) {
    if (!is_wanted(item, v)) co_return;
    const auto diff =
        item.run.again != nullptr ? co_await imagine_diff(item.tree) : co_await item.tree.diff();
    if (!diff) throw run_over("error", {"workspace", diff.error().context, "Nothing was applied."});
    if (diff->empty()) co_return;
    std::vector<judged_item> whole{{"acceptance", *diff}};
    const auto said = co_await ask_judge(item, std::move(whole));
    v.found.insert(v.found.end(), said.begin(), said.end());
    v = conclude(std::move(v.found));
}

std::string describe_for_judge(const cycle& c) {
    std::string out = describe_action(c.action, most_of_an_item);
    for (const auto& file : c.outcome.files) out += "Changed: " + file.path + "\n";
    return out;
}

}  // namespace riva::agents
