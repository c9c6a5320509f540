#include "commands.hpp"
#include "configuration.hpp"
#include "reading.hpp"
#include "terminal_text.hpp"

#include <riva/agents/tiers.hpp>
#include <riva/llm/probe.hpp>
#include <riva/runtime/task_group.hpp>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace riva::cli {
namespace {

namespace json = boost::json;

/// A line of the list.
struct listed_model {
    std::string role;  ///< `small`, `medium`, `large`, `fallback`
    llm::tier_entry entry;
    std::string key_from;  ///< the variable that holds its key; empty: it gets none
    std::optional<llm::probe_result> health;
};

std::string key_source(const agents::settings& s, const llm::model_spec& spec) {
    for (const auto& each : s.keys)
        if (each.base_url == spec.base_url && each.variable == spec.key_env) return each.variable;
    return {};
}

result<std::vector<listed_model>> list_models(const agents::settings& s) {
    const auto tiers = agents::describe_tiers(s);
    if (!tiers) return tiers.error();
    std::vector<listed_model> all;
    const auto add = [&](std::string role, llm::tier_entry entry) {
        if (entry.max_output_tokens == 0) entry.max_output_tokens = s.max_output_tokens;
        std::string key = key_source(s, entry.spec);
        all.push_back({std::move(role), std::move(entry), std::move(key), std::nullopt});
    };
    for (const auto t : llm::all_tiers) add(std::string(llm::to_string(t)), tiers->at(t));
    for (const auto& each : agents::describe_fallbacks(s)) add("fallback", each);
    return all;
}

/// Asks each server once, all at the same time.
void probe_all(const agents::settings& s, std::vector<listed_model>& models) {
    const auto first_of = [&](const llm::model_spec& spec) {
        return std::ranges::find_if(models, [&](const listed_model& m) {
            return m.entry.spec == spec;
        });
    };
    run_to_end([&] {
        return fan_out(
            models.size(),
            models.size(),
            // The object lives until the coroutines that it made have ended.
            // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
            [&](std::size_t i) -> asio::awaitable<void> {
                listed_model& m = models[i];
                if (&*first_of(m.entry.spec) != &m) co_return;
                m.health = co_await llm::probe(
                    m.entry.spec,
                    agents::provider_for(s, m.entry.spec),
                    deadline::in(std::chrono::seconds(20))
                );
            }
        );
    });
    for (auto& m : models)
        if (!m.health) m.health = first_of(m.entry.spec)->health;
}

json::value price_json(const std::optional<llm::price>& p) {
    if (!p) return nullptr;
    return json::object{
        {"input", p->input},
        {"output", p->output},
        {"cached_input", p->cached_input},
        {"cache_write", p->cache_write}
    };
}

json::value health_json(const std::optional<llm::probe_result>& health) {
    if (!health) return nullptr;
    json::object said{
        {"state", llm::to_string(health->health)},
        {"latency_ms", std::int64_t{health->latency.count()}},
        {"lists_model", nullptr},
        {"detail", health->detail}
    };
    if (health->lists_model) said["lists_model"] = *health->lists_model;
    return said;
}

/// Prices in micro-USD per million tokens, as the journal counts.
void print_json(const listed_model& m) {
    json::object line{
        {"tier", m.role},
        {"model", m.entry.spec.dialect + ":" + m.entry.spec.model},
        {"base_url", m.entry.spec.base_url},
        {"key_env", m.entry.spec.key_env},
        {"has_key", !m.key_from.empty()},
        {"max_output_tokens", m.entry.max_output_tokens}
    };
    line["price"] = price_json(m.entry.price);
    line["health"] = health_json(m.health);
    std::printf("%s\n", json::serialize(line).c_str());
}

std::string health_text(const std::optional<llm::probe_result>& health) {
    if (!health) return "not asked";
    std::string text(llm::to_string(health->health));
    if (health->health != llm::health::unreachable)
        text += ", " + std::to_string(health->latency.count()) + " ms";
    if (!health->detail.empty()) text += ": " + printable(health->detail);
    return text;
}

void print_text(const listed_model& m) {
    const std::string price =
        m.entry.price ? "$" + llm::to_string(*m.entry.price) + " per million tokens" : "unknown";
    std::printf(
        "%-8s  %s:%s\n          server  %s\n          key     %s\n          price   %s\n"
        "          answer  at most %lld tokens\n          health  %s\n",
        m.role.c_str(),
        m.entry.spec.dialect.c_str(),
        printable(m.entry.spec.model).c_str(),
        printable(m.entry.spec.base_url).c_str(),
        m.key_from.empty() ? "none" : m.key_from.c_str(),
        price.c_str(),
        static_cast<long long>(m.entry.max_output_tokens),
        health_text(m.health).c_str()
    );
}

}  // namespace

exit_code carry_out(const models_options& options) {
    const auto settings = configure(options.run, git_root(std::filesystem::current_path()));
    if (!settings) return complain(settings.error());
    auto models = list_models(*settings);
    if (!models) return complain(models.error());
    if (options.probe) probe_all(*settings, *models);
    for (const auto& m : *models) options.run.json ? print_json(m) : print_text(m);
    if (!options.run.json)
        std::printf(
            "prices of %s, unless set; input/output in US dollars\n",
            llm::built_in_prices().date.c_str()
        );
    const bool all_well = std::ranges::all_of(*models, [](const listed_model& m) {
        return !m.health || m.health->health == llm::health::reachable;
    });
    return all_well ? exit_code::verified : exit_code::provider;
}

}  // namespace riva::cli
