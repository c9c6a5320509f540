#include "model_configuration.hpp"

#include <riva/llm/http_client.hpp>
#include <riva/llm/provider_environment.hpp>
#include <riva/llm/tier.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace riva::cli {
namespace {

std::string variable(const std::string& name) {
    const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
    return value == nullptr ? std::string() : std::string(value);
}

result<llm::model_spec> parse(const model_names::name& n) {
    auto parsed = llm::parse_model_spec(n.spec);
    if (parsed || n.where.empty()) return parsed;
    return error{parsed.error().code, n.where + ": " + parsed.error().context};
}

/// Every model of the settings, the most important first.
std::vector<llm::model_spec*> models_of(agents::settings& s) {
    std::vector<llm::model_spec*> all;
    for (const auto t : {llm::tier::large, llm::tier::medium, llm::tier::small})
        if (auto& spec = s.of(t).model) all.push_back(&*spec);
    if (s.model) all.push_back(&*s.model);
    for (auto& spec : s.fallbacks) all.push_back(&spec);
    return all;
}

std::string own_url(const std::string& dialect) {
    const auto parsed = llm::parse_model_spec(dialect + ":any");
    return parsed ? parsed->base_url : std::string();
}

std::optional<llm::http_origin> origin_of(const std::string& url) {
    const auto parsed = llm::parse_base_url(url);
    return parsed ? std::optional(parsed->first) : std::nullopt;
}

}  // namespace

result<void> take_models(agents::settings& s, const model_names& named) {
    if (!named.all.spec.empty()) {
        auto spec = parse(named.all);
        if (!spec) return spec.error();
        s.model = std::move(*spec);
        for (auto& each : s.tiers) each.model.reset();
    }
    const std::pair<llm::tier, const model_names::name*> single[] = {
        {llm::tier::small, &named.small},
        {llm::tier::medium, &named.medium},
        {llm::tier::large, &named.large}
    };
    for (const auto& [t, name] : single) {
        if (name->spec.empty()) continue;
        auto spec = parse(*name);
        if (!spec) return spec.error();
        s.of(t).model = std::move(*spec);
    }
    if (named.fallbacks.empty()) return {};
    s.fallbacks.clear();
    for (const auto& name : named.fallbacks) {
        auto spec = parse(name);
        if (!spec) return spec.error();
        s.fallbacks.push_back(std::move(*spec));
    }
    return {};
}

void find_keys(agents::settings& s, const key_variables& named) {
    const auto models = models_of(s);
    std::map<std::string, llm::http_origin> owners;
    for (llm::model_spec* spec : models) {
        const bool at_home = spec->base_url == own_url(spec->dialect);
        *spec = llm::in_environment(*spec, variable);
        if (const auto found = named.find(spec->base_url); found != named.end())
            spec->key_env = found->second;
        else if (const auto origin = origin_of(spec->base_url); origin && at_home)
            owners.insert_or_assign(spec->key_env, *origin);
    }
    for (const llm::model_spec* spec : models) {
        const std::string key = variable(spec->key_env);
        const auto origin = origin_of(spec->base_url);
        if (key.empty() || !origin) continue;
        const bool meant = named.contains(spec->base_url) ||
                           owners.try_emplace(spec->key_env, *origin).first->second == *origin;
        if (meant) s.keys.push_back({spec->base_url, spec->key_env, key});
    }
}

void find_proxies(agents::settings& s) {
    s.provider.proxies = llm::proxies_in_environment(variable);
}

}  // namespace riva::cli
