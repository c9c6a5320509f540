#include "recall.hpp"

#include <riva/memory/project_memory.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace riva::bench {
namespace {

constexpr std::size_t vocabulary = 5000;
constexpr std::size_t questions = 500;
constexpr std::size_t at_once = 10'000;  // entries of a transaction

/// Words by Zipf's law: the n-th most frequent one is n times as rare as the first.
class language {
public:
    language() {
        for (std::size_t i = 0; i < vocabulary; ++i) {
            std::string word;
            for (int k = 0; k < 6; ++k) word += static_cast<char>('a' + random_() % 26);
            words_.push_back(std::move(word));
        }
    }

    const std::string& word() {
        std::uniform_real_distribution<double> share(0, 1);
        const double rank = std::pow(static_cast<double>(vocabulary), share(random_)) - 1;
        return words_[std::min(vocabulary - 1, static_cast<std::size_t>(rank))];
    }

    std::string words(int count) {
        std::string all;
        for (int i = 0; i < count; ++i) all += word() + " ";
        return all;
    }

    std::string path() { return "src/" + word() + ".py"; }

private:
    std::mt19937 random_{1};  // the same entries each time
    std::vector<std::string> words_;
};

memory::new_entry make_entry(language& from, std::size_t number) {
    memory::new_entry made;
    made.kind = static_cast<memory::entry_kind>(number % 3);
    made.text = std::to_string(number) + " " + from.words(12);
    if (number % 5 != 0) made.paths = {from.path()};
    return made;
}

double share_of(std::vector<double> all, double share) {
    std::ranges::sort(all);
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
}

}  // namespace

result<recall_figures> measure_recall(const std::filesystem::path& file, std::size_t entries) {
    const auto memory = memory::project_memory::open(file);
    if (!memory) return memory.error();
    language from;
    for (std::size_t i = 0; i < entries; i += at_once) {
        std::vector<memory::new_entry> some;
        for (std::size_t k = i; k < std::min(entries, i + at_once); ++k)
            some.push_back(make_entry(from, k));
        const auto added = (*memory)->add_all("/project", some, {});
        if (!added) return added.error();
    }
    std::vector<double> took;
    for (std::size_t i = 0; i < questions; ++i) {
        memory::recall_query about;
        about.words = from.words(20);
        if (i % 2 == 0) about.files = {from.path(), from.path()};
        const auto start = std::chrono::steady_clock::now();
        const auto found = (*memory)->recall("/project", about);
        const auto end = std::chrono::steady_clock::now();
        if (!found) return found.error();
        took.push_back(std::chrono::duration<double, std::milli>(end - start).count());
    }
    return recall_figures{share_of(took, 0.5), share_of(took, 0.99)};
}

}  // namespace riva::bench
