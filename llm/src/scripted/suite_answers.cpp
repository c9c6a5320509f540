#include "scripted/suite_answers.hpp"

#include "scripted/block_edit.hpp"
#include "scripted/suite_draw.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace riva::llm::scripted {

namespace json = boost::json;

namespace {

// Time to first token and tokens per second of the replay model.
behaviour behaviour_of(model_tier tier) {
    switch (tier) {
        case model_tier::small: return {250, 120, 0, 0};
        case model_tier::medium: return {600, 70, 0, 0};
        case model_tier::large: break;
    }
    return {1100, 45, 0, 0};
}

json::object action_on(const suite_task& task, const std::string& code) {
    json::object action{
        {"type", "create"},
        {"path", task.solution_file},
        {"content", code},
        {"edits", nullptr},
        {"argv", nullptr},
        {"command", nullptr},
        {"cwd", nullptr},
        {"query", nullptr},
        {"pattern", nullptr},
    };
    const auto edit = block_edit(task.original.value_or(""), code);
    if (!edit) return action;
    action["type"] = "edit";
    action["content"] = nullptr;
    action["edits"] = json::array{json::object{{"find", edit->find}, {"replace", edit->replace}}};
    return action;
}

std::string action_answer(const suite_task& task, const std::string& code) {
    const bool exists = task.original && !task.original->empty();
    return json::serialize(json::object{
        {"thought",
         exists ? "The lines that are wrong can be replaced." : "The file has to be written."},
        {"action", action_on(task, code)},
        {"expectation", "The acceptance of the task holds."},
        {"done", true},
    });
}

// Where the wire format has no name for a schema, what it holds tells what is asked.
std::string purpose_of(const question& q) {
    const json::object* schema = q.schema.if_object();
    const json::value* properties = schema ? schema->if_contains("properties") : nullptr;
    const json::object* names = properties ? properties->if_object() : nullptr;
    if (!q.purpose.empty() || !names) return q.purpose;
    if (names->contains("action")) return "riva_action";
    if (names->contains("children")) return "riva_decomposition";
    if (names->contains("reflection")) return "riva_reflection";
    return q.purpose;
}

request_refusal no_task(const question& q) {
    return {
        404,
        "no task of the suite has its prompt in this request: purpose '" + q.purpose +
            "', last message '" + beginning_of(q.messages.back(), 120) + "'",
        "",
        "no_task",
        "not_found_error"
    };
}

request_refusal no_purpose(const question& q, const suite_task& task) {
    return {
        404,
        "the suite has no answer for purpose '" + q.purpose + "' (task " + task.id +
            "); it answers riva_action, riva_decomposition and riva_reflection",
        "",
        "no_purpose",
        "not_found_error"
    };
}

class suite_answers : public answer_source {
public:
    suite_answers(suite s, std::uint64_t seed) : suite_(std::move(s)), index_(suite_.tasks) {
        for (const suite_task& task : suite_.tasks) draws_.emplace_back(task, seed);
    }

    answered<answer> next(const question& q) override {
        const auto found = index_.find(q.messages);
        if (!found) return no_task(q);
        const suite_task& task = suite_.tasks[*found];
        const model_tier tier = tier_of(q.model);
        answer a;
        a.behaviour = behaviour_of(tier);
        const std::string purpose = purpose_of(q);
        if (purpose == "riva_action")
            a.text = action_answer(task, task.codes[draws_[*found].next(tier)]);
        else if (purpose == "riva_decomposition")
            a.text = R"({"reason":"The task is one change and cannot be split.","children":[]})";
        else if (purpose == "riva_reflection")
            a.text = R"({"reflection":"The last attempt was wrong; another way is needed."})";
        else
            return no_purpose(q, task);
        return a;
    }

    std::vector<std::string> models() const override { return {"small", "medium", "large"}; }

private:
    suite suite_;
    prompt_index index_;
    std::vector<suite_draw> draws_;
};

}  // namespace

std::unique_ptr<answer_source> answers_from(suite s, std::uint64_t seed) {
    return std::make_unique<suite_answers>(std::move(s), seed);
}

}  // namespace riva::llm::scripted
