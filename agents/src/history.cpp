#include "history.hpp"

#include <algorithm>

namespace riva::agents {
namespace {

constexpr std::size_t cycles_shown = 6;
constexpr std::size_t bytes_of_the_last = 16 * 1024;
constexpr std::size_t bytes_of_earlier = 1500;

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string describe_details(const action& what, std::size_t most) {
    if (const auto* create = std::get_if<create_file>(&what))
        return shorten(create->content, most) + "\n";
    std::string out;
    if (const auto* edit = std::get_if<edit_file>(&what))
        for (const auto& change : edit->replacements)
            out += "find:\n" + shorten(change.find, most / 2) + "\nreplace:\n" +
                   shorten(change.replace, most / 2) + "\n";
    return out;
}

std::string describe_outcome(const outcome& o, std::size_t most) {
    std::string out;
    if (o.exit_code) out += "It ended with exit status " + std::to_string(*o.exit_code) + ".\n";
    if (!o.output.empty()) out += "Output:\n" + shorten(o.output.text(), most) + "\n";
    if (!o.errors.empty()) out += "Error output:\n" + shorten(o.errors.text(), most) + "\n";
    return out;
}

std::string describe_cycle(const cycle& c, std::size_t number, bool last) {
    const std::size_t most = last ? bytes_of_the_last : bytes_of_earlier;
    std::string out = "\n## Attempt " + std::to_string(number) + ": " + summary(c.action) +
                      (c.kept ? " (kept)\n" : " (failed; rolled back)\n");
    if (!c.thought.empty()) out += "Thought: " + shorten(c.thought, 1000) + "\n";
    if (!c.kept) out += describe_details(c.action, most / 4);
    if (!c.error.empty()) out += "Error: " + c.error + "\n";
    out += describe_outcome(c.outcome, most);
    if (!c.kept) out += describe_evidence(c.found, most);
    return out;
}

}  // namespace

std::string shorten(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    std::size_t head = most / 3;
    std::size_t tail = text.size() - (most - head);
    while (head > 0 && continues_character(text[head])) --head;
    while (tail < text.size() && continues_character(text[tail])) ++tail;
    return std::string(text.substr(0, head)) + "\n[... " + std::to_string(tail - head) +
           " bytes left out ...]\n" + std::string(text.substr(tail));
}

std::string describe_action(const action& what, std::size_t most_bytes) {
    return summary(what) + "\n" + describe_details(what, most_bytes);
}

std::string describe_evidence(const std::vector<evidence>& found, std::size_t most_bytes) {
    std::string out;
    for (const auto& e : found) {
        if (e.result == verdict::pass || e.result == verdict::skipped) continue;
        out +=
            "Check " + e.check + ": " + std::string(to_string(e.result)) + ". " + e.detail + "\n";
        if (!e.command.empty()) out += "It ran: " + e.command + "\n";
        if (!e.log.empty()) out += "Log:\n" + shorten(e.log, most_bytes) + "\n";
    }
    return out;
}

std::string describe_history(const std::vector<cycle>& trace, std::string_view note) {
    if (trace.empty() && note.empty()) return {};
    std::string out = "\n# What was tried\n";
    const std::size_t first = trace.size() > cycles_shown ? trace.size() - cycles_shown : 0;
    for (std::size_t i = first; i < trace.size(); ++i)
        out += describe_cycle(trace[i], i + 1, i + 1 == trace.size());
    if (!note.empty()) out += "\n" + std::string(note) + "\n";
    return out;
}

}  // namespace riva::agents
