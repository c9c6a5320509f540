#include <riva/agents/error.hpp>
#include <riva/agents/settings.hpp>

#include <utility>

namespace riva::agents {
namespace {

const std::string fallback_key = "models.fallback.";

/// The model of that name as the settings know it, so that it keeps its key.
result<llm::model_spec> find_model(const settings& known, const std::string& text) {
    auto spec = llm::parse_model_spec(text);
    if (!spec) return spec.error();
    const auto is_it = [&](const llm::model_spec& other) {
        return llm::to_string(other) == llm::to_string(*spec);
    };
    for (const auto t : llm::all_tiers)
        if (const auto& own = known.of(t).model; own && is_it(*own)) return *own;
    if (known.model && is_it(*known.model)) return *known.model;
    for (const auto& own : known.fallbacks)
        if (is_it(own)) return own;
    return spec;
}

/// Where a model of that name belongs; null: `key` names no single model.
std::optional<llm::model_spec>* place_of(settings& s, const std::string& key) {
    if (key == "model") return &s.model;
    for (const auto t : llm::all_tiers)
        if (key == "models." + std::string(llm::to_string(t))) return &s.of(t).model;
    return nullptr;
}

result<void> set_fallbacks(
    settings& s, const settings& known, const std::map<std::string, std::string>& values
) {
    std::vector<llm::model_spec> chain;
    for (int i = 1;; ++i) {
        const auto found = values.find(fallback_key + std::to_string(i));
        if (found == values.end()) break;
        auto spec = find_model(known, found->second);
        if (!spec) return spec.error();
        chain.push_back(std::move(*spec));
    }
    if (!chain.empty()) s.fallbacks = std::move(chain);
    return {};
}

result<void> set_recorded(
    settings& s, const settings& known, const std::string& key, const std::string& value
) {
    if (key.starts_with(fallback_key)) return {};
    if (key == "sandbox") {
        s.sandbox = value == "off" ? isolation::off : isolation::automatic;
        return {};
    }
    auto* place = place_of(s, key);
    if (place == nullptr) return set(s, key, value);
    auto spec = find_model(known, value);
    if (!spec) return spec.error();
    *place = std::move(*spec);
    return {};
}

result<settings> take(
    settings s, const settings& known, const std::map<std::string, std::string>& values
) {
    for (const auto& [key, value] : values)
        if (const auto done = set_recorded(s, known, key, value); !done) return done.error();
    if (const auto done = set_fallbacks(s, known, values); !done) return done.error();
    return s;
}

}  // namespace

result<settings> restore(
    settings own,
    const std::map<std::string, std::string>& recorded,
    const std::map<std::string, std::string>& changes
) {
    settings s = own;
    s.model.reset();
    for (auto& tier : s.tiers) tier.model.reset();
    s.fallbacks.clear();
    s.prices = {};
    auto restored = take(std::move(s), own, recorded);
    if (!restored)
        return error{
            restored.error().code,
            "A setting of the run cannot be used by this version: " + restored.error().context
        };
    if (changes.contains("model"))
        for (auto& tier : restored->tiers) tier.model.reset();
    return take(std::move(*restored), own, changes);
}

}  // namespace riva::agents
