#include <riva/verify/risk.hpp>

#include "command_risk.hpp"
#include "path_risk.hpp"
#include "shell_words.hpp"

#include <algorithm>
#include <array>

namespace riva::verify {
namespace {

void note(risk& into, const finding& f) {
    into.level = std::max(into.level, f.level);
    if (f.factor.empty()) return;
    if (std::find(into.factors.begin(), into.factors.end(), f.factor) == into.factors.end())
        into.factors.emplace_back(f.factor);
}

// Text that a file should not bring along unseen.
struct sign {
    std::string_view text;
    finding means;
};
constexpr std::array signs{
    sign{"PRIVATE KEY-----", {risk_level::high, "credentials"}},
    sign{"AKIA", {risk_level::high, "credentials"}},
    sign{"ghp_", {risk_level::high, "credentials"}},
    sign{"rm -rf", {risk_level::high, "deletes_recursively"}},
    sign{"rmtree", {risk_level::medium, "deletes_recursively"}},
    sign{"os.system", {risk_level::medium, "runs_commands"}},
    sign{"subprocess", {risk_level::medium, "runs_commands"}},
    sign{"child_process", {risk_level::medium, "runs_commands"}},
    sign{"popen(", {risk_level::medium, "runs_commands"}},
    sign{"std::system", {risk_level::medium, "runs_commands"}},
    sign{"eval(", {risk_level::medium, "runs_input"}},
    sign{"exec(", {risk_level::medium, "runs_input"}},
    sign{"pickle.load", {risk_level::medium, "runs_input"}},
    sign{"socket", {risk_level::medium, "network"}},
    sign{"http://", {risk_level::medium, "network"}},
    sign{"urllib", {risk_level::medium, "network"}},
    sign{"requests.", {risk_level::medium, "network"}},
    sign{"verify=False", {risk_level::high, "unverified_peer"}},
};

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether a sign is there other than as the end of a longer word: `confirm -rf` removes nothing.
bool holds(std::string_view content, std::string_view sign) {
    for (auto at = content.find(sign); at != content.npos; at = content.find(sign, at + 1))
        if (at == 0 || !is_letter(content[at - 1]) || !is_letter(sign.front())) return true;
    return false;
}

void assess_content(risk& into, std::string_view content) {
    for (const auto& [text, means] : signs)
        if (holds(content, text)) note(into, means);
}

void assess_file(risk& into, std::string_view path) {
    finding f = assess_write(path);
    // That the workspace is written is what a file action is for.
    if (f.factor.empty()) f.level = risk_level::low;
    note(into, f);
}

/// A command that is started outside of the workspace, or within its metadata, works there.
finding assess_folder(std::string_view path) {
    const finding f = assess_write(path);
    return f.level == risk_level::high ? f : finding{};
}

struct assess {
    risk& into;

    void operator()(const create_file& a) const {
        assess_file(into, a.path);
        assess_content(into, a.content);
    }
    void operator()(const edit_file& a) const {
        assess_file(into, a.path);
        for (const auto& change : a.replacements) assess_content(into, change.replace);
    }
    void operator()(const delete_file& a) const {
        note(into, {risk_level::medium, "deletes"});
        assess_file(into, a.path);
    }
    void operator()(const run_command& a) const {
        if (!a.cwd.empty()) note(into, assess_folder(a.cwd));
        const shell_analysis found = analyse_command(a.argv);
        bool moved = false;
        for (const auto& one : found.commands) {
            for (const auto& f : assess_command(one)) note(into, f);
            // The configuration of a repository within the workspace can run programs.
            if (moved && one.front() == "git") note(into, {risk_level::medium, "version_control"});
            moved |= one.front() == "cd" || one.front() == "pushd";
        }
        for (const auto& path : found.written) note(into, assess_write(path));
        if (found.dynamic) note(into, {risk_level::high, "dynamic"});
        if (found.too_complex) note(into, {risk_level::high, "too_complex"});
        if (a.argv.empty()) note(into, {risk_level::high, "unknown_program"});
    }
    void operator()(const query&) const {}
};

}  // namespace

risk assess_risk(const action& a) {
    risk found;
    found.level = risk_level::low;
    std::visit(assess{found}, a);
    found.layers = {layer::syntax};
    if (found.level == risk_level::medium)
        found.layers = {layer::syntax, layer::semantic, layer::behavioural};
    if (found.level == risk_level::high)
        found.layers = {layer::syntax, layer::semantic, layer::behavioural, layer::intent};
    found.may_batch = found.level != risk_level::high;
    found.may_skip = found.level == risk_level::low;
    return found;
}

std::string_view to_string(risk_level level) {
    switch (level) {
        case risk_level::low: return "low";
        case risk_level::medium: return "medium";
        case risk_level::high: return "high";
    }
    return "high";
}

}  // namespace riva::verify
