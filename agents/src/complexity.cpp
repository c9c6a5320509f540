#include <riva/agents/complexity.hpp>

#include "named_file.hpp"
#include "words.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace riva::agents {
namespace {

bool any_of(std::span<const std::string> words, std::span<const std::string_view> vocabulary) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(vocabulary.begin(), vocabulary.end(), word) != vocabulary.end();
    });
}

int count_of(std::span<const std::string> words, std::span<const std::string_view> vocabulary) {
    return static_cast<int>(std::count_if(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(vocabulary.begin(), vocabulary.end(), word) != vocabulary.end();
    }));
}

constexpr std::array<std::string_view, 9> whole_systems = {
    "system",
    "application",
    "framework",
    "kernel",
    "compiler",
    "server",
    "database",
    "engine",
    "service"
};
constexpr std::array<std::string_view, 6> building = {
    "build", "design", "architect", "develop", "rewrite", "migrate"
};
constexpr std::array<std::string_view, 8> changing = {
    "fix", "change", "edit", "update", "rename", "refactor", "remove", "modify"
};
constexpr std::array<std::string_view, 6> testing = {
    "test", "tests", "unittest", "pytest", "coverage", "testcase"
};
constexpr std::array<std::string_view, 8> outside = {
    "install", "package", "dependency", "dependencies", "library", "sdk", "download", "upgrade"
};
constexpr std::array<std::string_view, 8> units = {
    "function", "functions", "method", "methods", "class", "classes", "endpoint", "endpoints"
};
constexpr std::array<std::string_view, 5> everywhere = {
    "all", "every", "each", "across", "throughout"
};
constexpr std::array<std::string_view, 4> sequence = {
    "then", "afterwards", "additionally", "finally"
};
constexpr std::array<std::string_view, 6> vague = {
    "better", "nice", "nicer", "improve", "cleanup", "somehow"
};

/// Those of the files named that exist.
repository_facts known_files(std::span<const std::string> named, const repository_facts& facts) {
    repository_facts known;
    for (const auto& word : named) {
        const auto found = find_file(facts, word);
        if (found != facts.end()) known.insert(*found);
    }
    return known;
}

std::string explain(const complexity& c) {
    std::string reason = "about " + std::to_string(c.estimated_files) + " file(s) and " +
                         std::to_string(c.estimated_functions) + " function(s)";
    if (c.modifies_existing) reason += ", changes existing code";
    if (c.needs_tests) reason += ", needs tests";
    if (c.external_dependencies) reason += ", touches dependencies";
    if (c.ambiguous) reason += ", says little about the goal";
    return reason;
}

}  // namespace

complexity analyze_complexity(
    std::string_view what, std::string_view acceptance, const repository_facts& facts
) {
    const auto words = words_of(what);
    auto named = paths_in(what);
    std::erase_if(named, [&](const std::string& word) { return !names_file(word, facts); });
    const auto existing = known_files(named, facts);
    std::uint64_t bytes = 0;
    for (const auto& [path, size] : existing) bytes += size;
    const bool system = any_of(words, whole_systems) && any_of(words, building);

    complexity c;
    c.estimated_files = std::max<int>(1, static_cast<int>(named.size()));
    if (any_of(words, everywhere) && facts.size() > 3)
        c.estimated_files = std::max(c.estimated_files, 3);
    if (system) c.estimated_files = std::max(c.estimated_files, 5);
    c.estimated_functions = std::clamp(count_of(words, units), 1, 8);
    c.external_dependencies = any_of(words, outside);
    c.needs_tests = any_of(words, testing);
    c.modifies_existing = !existing.empty() || any_of(words, changing);
    c.ambiguous = acceptance.empty() && named.empty() && (words.size() < 5 || any_of(words, vague));

    const int steps = count_of(words, sequence);
    c.score = 0.05 * std::min(c.estimated_files, 8) + 0.03 * c.estimated_functions +
              0.1 * std::min(steps, 3);
    if (system) c.score += 0.45;
    if (c.external_dependencies) c.score += 0.1;
    if (c.needs_tests) c.score += 0.03;
    if (c.ambiguous) c.score += 0.1;
    if (bytes > 200'000) c.score += 0.1;
    if (words.size() > 400) c.score += 0.1;
    c.score = std::min(c.score, 1.0);

    c.decompose_first = c.score >= 0.7;
    // Sure at the ends of the scale, unsure where the decision flips.
    c.confidence = std::min(0.95, 0.5 + std::abs(c.score - 0.7));
    c.reason = explain(c);
    return c;
}

}  // namespace riva::agents
