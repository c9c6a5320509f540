#include "crash_script.hpp"

#include "world.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace riva::test {

namespace json = boost::json;

namespace {

/// For questions for an action whose prompt holds all of these.
std::string rule(const std::vector<std::string>& about, const std::string& answer) {
    const json::array texts(about.begin(), about.end());
    return json::serialize(json::object{
        {"match", {{"purpose", "riva_action"}, {"contains", texts}}},
        {"replies", json::array{json::object{{"text", answer}}}}
    });
}

std::string shell_step(const std::string& line, bool done) {
    return propose(run_command{{"sh", "-c", line}, ""}, done);
}

std::string name(int number) {
    return "d" + std::to_string(number % 2) + "/f" + std::to_string(number) + ".txt";
}

}  // namespace

crash_script::crash_script(unsigned seed) : random_(seed) {
    for (int n = 0; n < 6; ++n)
        files[name(n)] = "line " + std::to_string(n) + "\nlast " + std::to_string(random_()) + "\n";
    files["keep.txt"] = "stays as it is\n";
    if (seed % 3 == 0)
        add_parts();
    else
        add_steps();
    script = script_of_rules(rules_);
    flags = {"make the files", "--check", check_, "--set", "verify.canaries=0"};
    // Otherwise what need not be verified at once waits for it.
    if (below(2) == 0) flags.insert(flags.end(), {"--strategies", "baseline"});
}

/// What each does is not undone by those after it.
std::string crash_script::step(int number, bool last) {
    const std::string file = name(number);
    const std::string was = "line " + std::to_string(number);
    switch (below(6)) {
        case 0: return propose(edit_file{file, {{was, "edited " + was}}}, last);
        case 1: return propose(delete_file{file}, last);
        case 2: return shell_step("mv " + file + " moved" + std::to_string(number), last);
        case 3: return shell_step("chmod 755 " + file + "; echo more >> " + file, last);
        case 4: return shell_step("rm " + file + "; ln -s ../keep.txt " + file, last);
        default: return propose(create_file{"new/n" + std::to_string(number), "new\n"}, last);
    }
}

/// One after the other, then the one that the check asks for; the first attempt at it is wrong.
void crash_script::add_steps() {
    const int steps = 1 + static_cast<int>(below(5));
    const bool wrong = below(2) == 0;
    check_ = "test ! -e done.txt || grep -q right done.txt";
    std::vector<std::string> answers;
    for (int n = 0; n < steps; ++n) answers.push_back(step(n, false));
    if (wrong) answers.push_back(propose(create_file{"done.txt", "wrong\n"}));
    answers.push_back(propose(create_file{"done.txt", "right\n"}));
    for (std::size_t n = answers.size(); n-- > 1;)
        rules_.push_back(rule({"Attempt " + std::to_string(n)}, answers[n]));
    rules_.push_back(rule({}, answers[0]));
    rules_.push_back(rule_for_plans(R"({"reason":"It is one step.","children":[]})"));
}

/// Two attempts that fail, then parts at once, one of which fails at first, then what was missing.
void crash_script::add_parts() {
    check_ = "test -e a && test -e b && test -e c && test -e d";
    const std::string first = step(0, false), second = step(1, false);
    rules_ = {
        rule({"The task was split"}, propose(create_file{"d", "d\n"})),
        rule({"write part a", "Attempt 1"}, propose(create_file{"a", "a\n"})),
        rule({"write part a"}, first),
        rule({"write part b", "Attempt 2"}, propose(create_file{"b", "right\n"})),
        rule({"write part b", "Attempt 1"}, propose(create_file{"b", "wrong\n"})),
        rule({"write part b"}, second),
        rule({"write part c"}, shell_step("cat a b > c", true)),
        rule({"Attempt 1"}, shell_step("echo y > y; exit 3", true)),
        rule({}, propose(create_file{"x", "x\n"})),
        rule_for_plans(plan(
            {{"write part a", "test -e a", {}},
             {"write part b", "grep -q right b", {}},
             {"write part c", "grep -q right c", {1, 2}}}
        )),
    };
}

}  // namespace riva::test
