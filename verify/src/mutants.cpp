#include <riva/verify/mutants.hpp>

#include "mutation_sites.hpp"

#include <set>
#include <utility>

namespace riva::verify {
namespace {

/// G. Steele, D. Lea, C. Flood, Fast splittable pseudorandom number generators (2014): the same
/// numbers on every machine, unlike the distributions of the standard library.
class splitmix64 {
public:
    explicit splitmix64(std::uint64_t seed) : state_(seed) {}

    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

private:
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    std::uint64_t state_;
};

struct candidate {
    const changed_source* source;
    mutation_site site;
};

std::vector<candidate> candidates(const std::vector<changed_source>& sources) {
    std::vector<candidate> all;
    for (const auto& source : sources) {
        const auto family = family_of(source.path);
        if (!family) continue;
        const std::set<std::size_t> touched(source.lines.begin(), source.lines.end());
        for (auto& site : mutation_sites(source.content, *family))
            if (touched.contains(site.line)) all.push_back({&source, std::move(site)});
    }
    return all;
}

mutant make(const candidate& from) {
    const auto& [source, site] = from;
    mutant made{source->path, site.line, site.mutation, source->content};
    made.content.replace(site.offset, site.length, site.replacement);
    return made;
}

}  // namespace

std::vector<mutant> propose_mutants(
    const std::vector<changed_source>& sources, std::uint64_t seed, std::size_t most
) {
    auto open = candidates(sources);
    splitmix64 random(seed);
    std::vector<mutant> chosen;
    std::set<std::pair<std::string, std::string>> known;
    for (const auto& source : sources) known.emplace(source.path, source.content);
    while (!open.empty() && chosen.size() < most) {
        std::swap(open[random.below(open.size())], open.back());
        auto next = make(open.back());
        open.pop_back();
        if (known.emplace(next.path, next.content).second) chosen.push_back(std::move(next));
    }
    return chosen;
}

}  // namespace riva::verify
