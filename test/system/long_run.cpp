#include "long_run.hpp"

#include "processes.hpp"
#include "recorded_runs.hpp"
#include "world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace riva::test {
namespace {

namespace json = boost::json;

/// A rule for questions whose prompt holds all of these.
std::string rule(const std::vector<std::string>& about, const std::string& answer) {
    const json::array texts(about.begin(), about.end());
    return json::serialize(json::object{
        {"match", {{"purpose", "riva_action"}, {"contains", texts}}},
        {"replies", json::array{json::object{{"text", answer}}}}
    });
}

std::string shell_action(const std::string& line, bool done) {
    return propose(run_command{{"sh", "-c", line}, ""}, done);
}

std::string small_steps() {
    std::vector<std::string> rules;
    for (int n = 5; n > 0; --n)
        rules.push_back(rule(
            {"Attempt " + std::to_string(n)},
            propose(create_file{"m" + std::to_string(n) + ".py", "x = 1\n"}, n == 5)
        ));
    rules.push_back(rule({}, propose(create_file{"m0.py", "x = 1\n"}, false)));
    return script_of_rules(rules);
}

std::string parts(const std::string& span) {
    const std::string slow = "sleep 0.05; : " + span + "; ";
    return script_of_rules({
        rule({"The task was split"}, propose(create_file{"d.py", "d = 4\n"})),
        rule({"write part a", "Attempt 1"}, propose(edit_file{"a.py", {{"0", "1"}}})),
        rule({"write part a"}, shell_action(slow + "echo 'a = 0' > a.py", false)),
        rule({"write part b", "Attempt 2"}, propose(create_file{"b.py", "b = 2\n"})),
        rule({"write part b", "Attempt 1"}, shell_action(slow + "exit 3", true)),
        rule({"write part b"}, propose(create_file{"notes/b.txt", "b comes\n"}, false)),
        rule({"write part c"}, shell_action(slow + "cat a.py b.py > c.py", true)),
        rule({"Attempt 1"}, propose(create_file{"x.py", "def broken(:\n"})),
        rule({}, propose(create_file{"x.py", "x = 1\n"})),
        rule_for_plans(plan(
            {{"write part a", "python3 -c 'import a; assert a.a == 1'", {}},
             {"write part b", "python3 -c 'import b'", {}},
             {"write part c", "python3 -c 'import c; assert c.a + c.b == 3'", {1, 2}}}
        )),
    });
}

}  // namespace

long_run::long_run(kind of, const std::filesystem::path& below)
    : span(unique_span()),
      what(of),
      server(of == kind::parts ? parts(span) : small_steps()),
      i({{"main.py", "print(1)\n"}, {"data/n.txt", "n\n"}}, below) {}

std::string long_run::start(const std::string& flags) const {
    const std::string modules = what == kind::parts ? "a, b, c, d" : "m0, m1, m2, m3, m4, m5";
    return "$RIVA run 'make the modules' --check 'python3 -c \"import " + modules + "\"' --model " +
           server.spec() + " --json " + flags;
}

std::string long_run::resume(const std::string& run, const std::string& flags) const {
    return "$RIVA resume " + run + " --json " + flags;
}

std::vector<std::string> long_run::runs() const {
    return runs_in(i);
}

std::vector<event> long_run::recorded(const std::string& run) const {
    return recorded_in(i, run);
}

std::string diff_in(const std::vector<event>& events) {
    std::string diff;
    for (const auto& e : events) {
        if (const auto* found = std::get_if<events::workspace_diff>(&e.body)) diff = found->diff;
        if (std::holds_alternative<events::run_resumed>(e.body)) diff.clear();
    }
    return diff;
}

answer_counts answers_in(const std::vector<event>& events) {
    answer_counts counts;
    for (const auto& e : events)
        if (const auto* ended = std::get_if<events::model_ended>(&e.body))
            ++(ended->recorded ? counts.repeated : counts.asked);
    return counts;
}

}  // namespace riva::test
