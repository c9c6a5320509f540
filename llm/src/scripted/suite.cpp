#include "scripted/suite.hpp"

#include "scripted/object_reader.hpp"

#include <riva/llm/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstring>
#include <set>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

constexpr std::size_t tiers = 3;

std::string trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(space);
    if (first == text.npos) return "";
    return std::string(text.substr(first, text.find_last_not_of(space) - first + 1));
}

std::size_t code_index(suite_task& task, std::string code) {
    const auto found = std::find(task.codes.begin(), task.codes.end(), code);
    if (found != task.codes.end()) return static_cast<std::size_t>(found - task.codes.begin());
    task.codes.push_back(std::move(code));
    return task.codes.size() - 1;
}

void read_answer(object_reader reader, bool listed_right, suite_task& task) {
    const auto code = reader.text("code");
    if (!code) return reader.wrong("code", "missing: the text of the solution");
    const std::string tier = reader.text("tier").value_or("");
    const std::string base = reader.text("base").value_or(listed_right ? "pass" : "fail");
    const recorded_answer answer{code_index(task, *code), base == "pass"};
    bool placed = false;
    for (std::size_t t = 0; t < tiers; ++t)
        if (tier == to_string(static_cast<model_tier>(t))) {
            task.pools[t].push_back(answer);
            placed = true;
        }
    if (placed) return;
    for (auto& pool : task.pools) pool.push_back(answer);
}

void read_answers(object_reader& reader, std::string_view list, bool right, suite_task& task) {
    const json::array* answers = reader.list(list);
    if (!answers) return;
    for (std::size_t i = 0; i < answers->size(); ++i) {
        const std::string place = reader.place(list) + "[" + std::to_string(i) + "]";
        read_answer(object_reader((*answers)[i], place, reader.trouble()), right, task);
    }
}

// Where no right answer is recorded the canonical one stands for it; a tier without any record
// answers as the others do.
void complete_pools(suite_task& task) {
    std::vector<recorded_answer> all;
    for (const auto& pool : task.pools) all.insert(all.end(), pool.begin(), pool.end());
    const auto right = [](const recorded_answer& a) { return a.right; };
    for (auto& pool : task.pools) {
        if (task.canonical && std::none_of(pool.begin(), pool.end(), right))
            pool.push_back({*task.canonical, true});
        if (pool.empty()) pool = all;
    }
}

std::string required_text(object_reader& reader, std::string_view key) {
    const auto found = reader.text(key);
    if (!found || found->empty()) reader.wrong(key, "missing: a task of a suite has it");
    return found.value_or("");
}

suite_task read_task(object_reader reader) {
    suite_task task;
    task.id = required_text(reader, "task_id");
    task.prompt = trimmed(required_text(reader, "prompt"));
    if (task.prompt.size() < prompt_index::shortest)
        reader.wrong("prompt", "too short to recognise the task by");
    task.solution_file = required_text(reader, "solution_file");
    if (auto files = reader.object("files")) task.original = files->text(task.solution_file);
    read_answers(reader, "wrong_solutions", false, task);
    read_answers(reader, "correct_solutions", true, task);
    const json::value* canonical = reader.any("canonical_solution");
    if (canonical && !canonical->is_null())
        if (auto code = reader.text("canonical_solution"))
            task.canonical = code_index(task, std::move(*code));
    complete_pools(task);
    if (task.codes.empty())
        reader.wrong("canonical_solution", "missing: a task has at least one solution");
    return task;
}

std::uint64_t beginning(const char* text) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text, sizeof bytes);
    return bytes;
}

}  // namespace

result<suite> parse_suite(std::string_view text, const std::string& name) {
    suite found;
    std::set<std::string> prompts;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view content = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (content.find_first_not_of(" \t\r") == content.npos) continue;

        std::string trouble;
        if (const auto document = parse_json(content, trouble))
            found.tasks.push_back(read_task(object_reader(*document, "", trouble)));
        else
            trouble.erase(0, trouble.find(':') + 1);
        if (trouble.empty() && !prompts.insert(found.tasks.back().prompt).second)
            trouble = "prompt: an earlier task has the same, and the two cannot be told apart";
        if (!trouble.empty())
            return error{
                errc::script_invalid,
                "the suite cannot be used: " + name + ":" + std::to_string(line) + ": " + trouble
            };
    }
    if (found.tasks.empty())
        return error{errc::script_invalid, "the suite cannot be used: " + name + " has no tasks"};
    return found;
}

prompt_index::prompt_index(const std::vector<suite_task>& tasks) : tasks_(tasks) {
    for (std::size_t i = 0; i < tasks.size(); ++i)
        by_beginning_[beginning(tasks[i].prompt.data())].push_back(i);
}

std::optional<std::size_t> prompt_index::find(const std::vector<std::string>& messages) const {
    std::optional<std::size_t> best;
    for (const std::string_view text : messages)
        for (std::size_t at = 0; at + shortest <= text.size(); ++at) {
            const auto tasks = by_beginning_.find(beginning(text.data() + at));
            if (tasks == by_beginning_.end()) continue;
            for (const std::size_t i : tasks->second) {
                const std::string& prompt = tasks_[i].prompt;
                if (best && prompt.size() <= tasks_[*best].prompt.size()) continue;
                if (text.substr(at, prompt.size()) == prompt) best = i;
            }
        }
    return best;
}

}  // namespace riva::llm::scripted
