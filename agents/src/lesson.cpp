#include "lesson.hpp"

#include "history.hpp"

#include <riva/runtime/digest.hpp>
#include <riva/runtime/utf8.hpp>

#include <algorithm>
#include <filesystem>

namespace riva::agents {
namespace {

constexpr std::size_t most_of_a_hunk = 1500;
constexpr std::size_t most_of_a_piece = 120;
constexpr std::size_t most_of_a_task = 300;

std::string join(const std::vector<std::string>& lines, std::string_view mark) {
    std::string all;
    for (const auto& line : lines) all.append(mark).append(line).append("\n");
    return all;
}

std::string hunk_of(const user_edit& edit) {
    return shorten(to_utf8(join(edit.before, "-") + join(edit.after, "+")), most_of_a_hunk);
}

/// `*.py`; the name of a file that has no extension.
std::string kind_of_file(const std::string& file) {
    const std::filesystem::path path(file);
    return path.has_extension() ? "*" + path.extension().string() : path.filename().string();
}

/// A number or a bracket that was changed says nothing about other places.
bool is_telling(std::string_view piece) {
    std::size_t letters = 0;
    for (const char c : piece) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        letters = letter ? letters + 1 : 0;
        if (letters == 3) return true;
    }
    return false;
}

std::string quote(std::string_view piece) {
    return "`" + to_utf8(piece) + "`";
}

/// What the edit says of other places; empty: nothing.
std::string rule_of(const replaced_piece& piece) {
    const bool short_enough =
        piece.before.size() <= most_of_a_piece && piece.after.size() <= most_of_a_piece;
    if (!short_enough || !(is_telling(piece.before) || is_telling(piece.after))) return {};
    if (piece.after.empty()) return quote(piece.before) + " was taken out where riva wrote it.";
    if (piece.before.empty()) return quote(piece.after) + " was added to what riva wrote.";
    return "Where riva wrote " + quote(piece.before) + ", it was changed to " + quote(piece.after) +
           ".";
}

memory::new_entry correction(
    const memory::watched_change& change, const std::string& file, std::string hunk
) {
    memory::new_entry made;
    made.kind = memory::entry_kind::correction;
    made.by = memory::told_by::learnt;
    made.text = hunk;
    made.evidence = {{change.run, change.seq, to_utf8(file), std::move(hunk)}};
    return made;
}

}  // namespace

memory::new_entry lesson_of(
    const memory::watched_change& change, const std::string& file, const user_edit& edit
) {
    auto made = correction(change, file, hunk_of(edit));
    const auto piece = find_piece(join(edit.before, ""), join(edit.after, ""));
    const std::string kind = kind_of_file(file);
    made.paths = {file};
    made.key = sha256(
        kind + "\n" + std::to_string(piece.before.size()) + "\n" + piece.before + piece.after
    );
    made.rule = rule_of(piece);
    made.rule_paths = {kind};
    return made;
}

memory::new_entry lesson_of_revert(const memory::watched_change& change, const std::string& file) {
    const std::string what = file.empty() ? "The whole change" : "The change of " + to_utf8(file);
    auto made = correction(
        change,
        file,
        what + " was taken back that riva had made for: " +
            shorten(to_utf8(change.task), most_of_a_task)
    );
    made.key = sha256("revert\n" + change.run + "\n" + file);
    for (const auto& each : change.files)
        if (file.empty() && made.paths.size() < memory::most_paths) made.paths.push_back(each.path);
    if (!file.empty()) made.paths = {file};
    return made;
}

}  // namespace riva::agents
