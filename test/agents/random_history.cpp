#include "random_history.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <functional>
#include <map>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace riva::test {

namespace json = boost::json;

namespace {

/// All that is thrown for one history.
class dice {
public:
    explicit dice(std::uint64_t seed) : engine_(seed) {}

    int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }
    bool chance(int percent) { return below(100) < percent; }
    template <class T>
    const T& of(const std::vector<T>& all) {
        return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
    }

private:
    std::mt19937_64 engine_;
};

std::string file(dice& d) {
    return d.of<std::string>({"a.py", "b.py", "lib/c.py", "notes.txt", "data.json"});
}

std::string content(dice& d, const std::string& path) {
    if (path.ends_with(".json")) return d.chance(70) ? "{\"n\": 1}\n" : "{\"n\": }\n";
    if (!path.ends_with(".py")) return "line " + std::to_string(d.below(9)) + "\n";
    return d.chance(70) ? "x = " + std::to_string(d.below(9)) + "\n" : "def broken(:\n";
}

action any_action(dice& d) {
    const std::string path = file(d);
    switch (d.below(9)) {
        case 0:
        case 1:
        case 2: return create_file{"new" + std::to_string(d.below(5)) + ".py", content(d, ".py")};
        case 3: return create_file{path, content(d, path)};
        case 4: return edit_file{path, {{"x = 1\n", content(d, path)}}};
        case 5: return delete_file{path};
        case 6:
            return run_command{
                {"sh",
                 "-c",
                 d.of<std::string>(
                     {"echo 'x = 5' > made.py",
                      "false",
                      "chmod +x a.py",
                      "rm -f notes.txt",
                      "mkdir -p deep/er && echo x > deep/er/f.txt",
                      "cat a.py"}
                 )},
                ""
            };
        case 7: return run_command{{"curl", "http://example.org"}, ""};
        default: return query{query_kind::read, path, ""};
    }
}

std::string any_answer(dice& d) {
    if (d.chance(6)) return "no JSON at all";
    if (d.chance(4)) return R"({"thought":"of another shape"})";
    return propose(any_action(d), d.chance(40), "step " + std::to_string(d.below(100)));
}

std::vector<std::string> answers(dice& d) {
    std::vector<std::string> all;
    for (int i = 2 + d.below(6); i > 0; --i) all.push_back(any_answer(d));
    return all;
}

std::string division(dice& d) {
    if (d.chance(30)) return R"({"reason":"It is one step.","children":[]})";
    std::vector<planned> parts;
    const int count = 2 + d.below(3);
    for (int i = 0; i < count; ++i) {
        planned part{"do part " + std::to_string(i), "", {}};
        if (d.chance(40)) part.check = d.of<std::string>({"true", "test -f a.py", "false"});
        if (i > 0 && d.chance(30)) part.needs.push_back(d.below(i));
        parts.push_back(std::move(part));
    }
    return plan(parts);
}

/// Where the wire has no name for a schema the end of the prompt tells what is asked for.
std::string match_by_prompt(std::string_view script) {
    static const std::map<std::string, std::string, std::less<>> ends{
        {"riva_action", "Propose the next action."},
        {"riva_decomposition", "The task above is to be split"},
        {"riva_judgment", "Give a verdict on each item."},
    };
    json::object whole = json::parse(json::string_view(script.data(), script.size())).as_object();
    for (auto& rule : whole["rules"].as_array()) {
        json::object& match = rule.as_object()["match"].as_object();
        const auto* purpose = match.if_contains("purpose");
        if (purpose == nullptr) continue;
        json::array texts;
        if (const auto* given = match.if_contains("contains")) texts = given->as_array();
        texts.emplace_back(ends.at(std::string(purpose->as_string())));
        match["contains"] = std::move(texts);
        match.erase("purpose");
    }
    return json::serialize(whole);
}

std::string script(dice& d) {
    std::vector<std::string> rules;
    for (int i = 0; i < 4; ++i)
        rules.push_back(rule_about("do part " + std::to_string(i), answers(d)));
    if (d.chance(20))
        rules.push_back(
            R"({"match":{"purpose":"riva_action","nth":2},"replies":[{"text":"x"}],)"
            R"("fault":{"status":)" +
            d.of<std::string>({"429", "500", "401"}) + "}}"
        );
    rules.push_back(rule_about("", answers(d)));
    rules.push_back(rule_for_plans(division(d)));
    rules.push_back(
        R"({"match":{"purpose":"riva_judgment"},"replies":[{"from_schema":true,"choose":"accept"}]})"
    );
    return script_of_rules(rules);
}

void choose_settings(dice& d, agents::settings& s) {
    s.trust.mode = d.of<verify::trust_mode>(
        {verify::trust_mode::off, verify::trust_mode::heuristic, verify::trust_mode::certified}
    );
    s.max_cycles = 2 + d.below(3);
    s.max_steps = 6 + d.below(6);
    s.max_depth = d.below(3);
    s.width = static_cast<std::size_t>(1 + d.below(4));
    s.canaries = d.chance(10) ? 2 : 0;
    if (d.chance(25)) s.batch = agents::strategy::baseline;
    if (d.chance(25)) s.by_risk = agents::strategy::baseline;
    if (d.chance(15)) s.judge = agents::judging::always;
    if (d.chance(15)) s.judge = agents::judging::off;
    if (d.chance(15)) s.spending.calls = 1 + d.below(8);
    if (d.chance(10)) s.intention_spending.calls = 1 + d.below(4);
    if (d.chance(5)) s.max_intentions = 2;
}

}  // namespace

random_history::random_history(std::uint64_t seed, const std::string& dialect) {
    dice d(seed);
    place = std::make_unique<world>(
        dialect.starts_with("openai") ? script(d) : match_by_prompt(script(d)),
        std::map<std::string, std::string>{
            {"a.py", "x = 1\n"},
            {"b.py", "y = 2\n"},
            {"lib/c.py", "x = 1\n"},
            {"notes.txt", "line\n"},
            {"data.json", "{}\n"}
        }
    );
    const std::string end = dialect.starts_with("openai") ? "/v1" : "";
    const std::string spec =
        dialect + ":test-large@http://127.0.0.1:" + std::to_string(place->server.port()) + end;
    place->settings.model = llm::parse_model_spec(spec).value();
    if (d.chance(30)) {
        std::string small = spec;
        small.replace(small.find("test-large"), 10, "test-small");
        place->settings.of(llm::tier::small).model = llm::parse_model_spec(small).value();
    }
    choose_settings(d, place->settings);
    task = place->task(d.of<std::string>(
        {"write the modules",
         "fix a.py and then b.py, afterwards add tests for each function and class",
         "build a database engine with a server application, then design the framework"}
    ));
    if (d.chance(70))
        task.checks = {d.of<std::string>({"python3 -m py_compile a.py", "true", "test -f made.py"})
        };
    resumes = d.chance(50);
}

std::string random_history::run() {
    const auto ended = place->run(task);
    const std::string id = ended.value().run;
    if (resumes && ended->result.resumable)
        (void)place->resume({id, {{"max_calls", "unlimited"}}, false});
    return id;
}

}  // namespace riva::test
