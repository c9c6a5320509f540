#include "blank_evidence.hpp"
#include "regular_file.hpp"
#include "syntax_tools.hpp"

#include <riva/verify/checks.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace riva::verify {
namespace {

using std::chrono::milliseconds;

struct language {
    std::string_view name;
    asio::awaitable<evidence> (*judge)(syntax_task, deadline);
    milliseconds cost;
    std::size_t files_at_once;  ///< when many changed
};

constexpr std::size_t many = 16;

constexpr language python{"python", judge_python, milliseconds(50), 64};
constexpr language c{"c", judge_c, milliseconds(200), 1};
constexpr language cpp{"cpp", judge_cpp, milliseconds(800), 1};
constexpr language shared_header{"header", judge_shared_header, milliseconds(800), 1};
constexpr language javascript{"javascript", judge_javascript, milliseconds(80), 1};
constexpr language json{"json", judge_json, milliseconds(1), 1};

const language* language_of(std::string_view path) {
    static constexpr std::array<std::pair<std::string_view, const language*>, 15> endings{{
        {".py", &python},
        {".pyi", &python},
        {".c", &c},
        {".cpp", &cpp},
        {".cc", &cpp},
        {".cxx", &cpp},
        {".hpp", &cpp},
        {".hh", &cpp},
        {".hxx", &cpp},
        {".h", &shared_header},
        {".js", &javascript},
        {".mjs", &javascript},
        {".cjs", &javascript},
        {".json", &json},
        {".pyw", &python},
    }};
    const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return nullptr;
    for (const auto& [ending, its] : endings)
        if (name.substr(dot) == ending) return its;
    return nullptr;
}

class syntax_check final : public check {
public:
    syntax_check(sandbox& where, const language& l, std::vector<std::string> files)
        : where_(where), judge_(l.judge), files_(std::move(files)) {
        traits_.id = "syntax:" + files_.front();
        if (files_.size() > 1) traits_.id += "+" + std::to_string(files_.size() - 1);
        traits_.layer = layer::syntax;
        traits_.resource = resource::cpu;
        traits_.author = author::runtime;
        traits_.cost = l.cost;
        traits_.likely_to_fail = 0.1;
        traits_.pure = true;
    }

    const check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const check_input& input, deadline by) override {
        syntax_task task{&where_, traits_, input, {}};
        std::copy_if(
            files_.begin(),
            files_.end(),
            std::back_inserter(task.files),
            [&](const std::string& file) { return is_plain_file(input.root / file); }
        );
        if (task.files.empty())
            co_return blank_evidence(
                traits_, input, verdict::skipped, "the change leaves no such file to judge"
            );
        evidence e = co_await judge_(std::move(task), by);
        if (e.result == verdict::pass) e.detail = "parses";
        co_return e;
    }

private:
    sandbox& where_;
    asio::awaitable<evidence> (*judge_)(syntax_task, deadline);
    std::vector<std::string> files_;
    check_traits traits_;
};

}  // namespace

std::vector<std::shared_ptr<check>> syntax_checks(
    sandbox& where, const std::vector<std::string>& changed
) {
    std::vector<std::pair<const language*, std::vector<std::string>>> by_language;
    for (const std::string& file : changed) {
        const language* its = language_of(file);
        if (its == nullptr) continue;
        auto group = std::find_if(by_language.begin(), by_language.end(), [&](const auto& known) {
            return known.first == its;
        });
        if (group == by_language.end()) group = by_language.insert(group, {its, {}});
        group->second.push_back(file);
    }

    std::vector<std::shared_ptr<check>> checks;
    for (const auto& [its, files] : by_language) {
        const std::size_t step = files.size() > many ? its->files_at_once : 1;
        for (std::size_t i = 0; i < files.size(); i += step) {
            const auto begin = files.begin() + static_cast<std::ptrdiff_t>(i);
            const auto end = begin + static_cast<std::ptrdiff_t>(std::min(step, files.size() - i));
            checks.push_back(
                std::make_shared<syntax_check>(where, *its, std::vector<std::string>(begin, end))
            );
        }
    }
    return checks;
}

}  // namespace riva::verify
