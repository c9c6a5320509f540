#include "entry_index.hpp"

#include "index_words.hpp"
#include "path_match.hpp"
#include "statement.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace riva::memory {

namespace entry_queries {

const char* const count_matches =
    "SELECT count(*) FROM (SELECT 1 FROM memory_words WHERE memory_words MATCH ? LIMIT ?)";
const char* const rank_matches =
    "SELECT rowid, rank FROM memory_words WHERE memory_words MATCH ? ORDER BY rank LIMIT ?";
const char* const latest_matches =
    "SELECT rowid FROM memory_words WHERE memory_words MATCH ? ORDER BY rowid DESC LIMIT ?";
const char* const of_all_files =
    "SELECT entry FROM memory_entries WHERE project = ? AND author = 0 AND paths = '' AND "
    "revoked = 0 ORDER BY entry DESC LIMIT ?";

}  // namespace entry_queries

namespace {

constexpr std::size_t most_indexed = 512;  // words of an entry
constexpr std::size_t most_asked = 32;     // words of an intention
// Ranking looks at every match of a word, so only rare words are ranked by.
constexpr std::int64_t rare = 200;
constexpr std::int64_t most_ranked = 400;
constexpr std::int64_t most_found = 64;
constexpr double file_counts = 8;  // as much as a very rare word

/// A word as the index holds it. It begins with the number of the project, so that what others
/// hold costs nothing, and no text can pass for one of another project.
std::string indexed(const stored_project& project, const std::string& word) {
    return "p" + std::to_string(project.number) + "x" + word;
}

/// A word is letters, digits and bytes beyond ASCII, so nothing in it can end the quotes.
std::string quoted(const stored_project& project, const std::string& word) {
    return '"' + indexed(project, word) + '"';
}

/// Which entries are found, and how well they fit.
class finder {
public:
    finder(SQLite::Database& in, const stored_project& project) : in_(in), project_(project) {}

    std::map<std::int64_t, double> find(const recall_query& about) {
        sort_words(about);
        if (!rare_.empty()) rank();
        if (!common_.empty() && found_.size() < most_found)
            take_latest(prepare(in_, entry_queries::latest_matches, common_, most_found));
        take_latest(prepare(in_, entry_queries::of_all_files, project_.number, most_found));
        return std::move(found_);
    }

private:
    void sort_words(const recall_query& about) {
        std::string text;
        for (const auto& file : about.files) text += file + "\n";
        text += about.words;
        for (const auto& file : about.hints) text += "\n" + file;
        auto count = prepare(in_, entry_queries::count_matches);
        std::vector<std::pair<std::int64_t, std::string>> words;
        for (const auto& word : index_words(text, most_asked)) {
            const std::string match = quoted(project_, word);
            count.bind(1, match);
            count.bind(2, rare + 1);
            count.executeStep();
            words.emplace_back(number(count, 0), match);
            count.reset();
        }
        std::ranges::sort(words);
        std::int64_t ranked = 0;
        for (const auto& [matches, word] : words) {
            if (matches == 0) continue;
            ranked += matches;
            std::string& into = matches <= rare && ranked <= most_ranked ? rare_ : common_;
            into.append(into.empty() ? "" : " OR ").append(word);
        }
    }

    void rank() {
        auto next = prepare(in_, entry_queries::rank_matches, rare_, most_found);
        // The rank of a better match is lower.
        while (next.executeStep()) found_[number(next, 0)] = -next.getColumn(1).getDouble();
    }

    void take_latest(SQLite::Statement next) {
        while (next.executeStep()) found_.emplace(number(next, 0), 0);
    }

    SQLite::Database& in_;
    const stored_project& project_;
    std::string rare_, common_;
    std::map<std::int64_t, double> found_;
};

struct ranked_entry {
    double score = 0;
    project_entry entry;
};

}  // namespace

void index_entry(SQLite::Database& in, const stored_project& project, const project_entry& what) {
    std::string text = what.text;
    for (const auto& path : what.paths) text += "\n" + path;
    std::string words;
    for (const auto& word : index_words(text, most_indexed))
        words.append(words.empty() ? "" : " ").append(indexed(project, word));
    unindex_entry(in, what.id);
    execute(in, "INSERT INTO memory_words (rowid, words) VALUES (?, ?)", what.id, words);
}

void unindex_entry(SQLite::Database& in, std::int64_t id) {
    execute(in, "DELETE FROM memory_words WHERE rowid = ?", id);
}

std::vector<project_entry> search(
    SQLite::Database& in, const stored_project& project, const recall_query& about
) {
    const auto found = finder(in, project).find(about);
    std::vector<std::int64_t> ids;
    ids.reserve(found.size());
    for (const auto& [id, score] : found) ids.push_back(id);
    std::vector<ranked_entry> ranked;
    for (auto& e : load_entries(in, project, ids)) {
        if (e.revoked) continue;
        const bool named = names_any(e.paths, about.files);
        if (!e.paths.empty() && !about.files.empty() && !named) continue;
        ranked.push_back({found.at(e.id) + (named ? file_counts : 0), std::move(e)});
    }
    std::ranges::sort(ranked, [](const ranked_entry& a, const ranked_entry& b) {
        return a.score != b.score ? a.score > b.score : a.entry.id > b.entry.id;
    });
    std::vector<project_entry> all;
    for (auto& r : ranked)
        if (all.size() < about.most) all.push_back(std::move(r.entry));
    return all;
}

}  // namespace riva::memory
