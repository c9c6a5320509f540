#include "syntax_tools.hpp"

#include <riva/verify/checks.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace riva::verify {
namespace {

using std::chrono::milliseconds;

struct language {
    std::string_view name;
    asio::awaitable<evidence> (*judge)(source_task, deadline);
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
constexpr language toml{"toml", judge_toml, milliseconds(50), 1};
constexpr language yaml{"yaml", judge_yaml, milliseconds(60), 1};
constexpr language xml{"xml", judge_xml, milliseconds(50), 1};
constexpr language markdown{"markdown", judge_markdown, milliseconds(1), 1};
constexpr language shell{"shell", judge_shell, milliseconds(10), 1};

const language* language_of(std::string_view path) {
    static constexpr std::array<std::pair<std::string_view, const language*>, 27> endings{{
        {".py", &python},         {".pyi", &python},    {".c", &c},
        {".cpp", &cpp},           {".cc", &cpp},        {".cxx", &cpp},
        {".hpp", &cpp},           {".hh", &cpp},        {".hxx", &cpp},
        {".h", &shared_header},   {".js", &javascript}, {".mjs", &javascript},
        {".cjs", &javascript},    {".json", &json},     {".pyw", &python},
        {".toml", &toml},         {".yaml", &yaml},     {".yml", &yaml},
        {".xml", &xml},           {".svg", &xml},       {".xsd", &xml},
        {".xsl", &xml},           {".xslt", &xml},      {".md", &markdown},
        {".markdown", &markdown}, {".sh", &shell},      {".bash", &shell},
    }};
    const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return nullptr;
    for (const auto& [ending, its] : endings)
        if (name.substr(dot) == ending) return its;
    return nullptr;
}

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
    for (const auto& [its, files] : by_language)
        for (auto& piece : in_pieces(files, files.size() > many ? its->files_at_once : 1))
            checks.push_back(make_source_check(
                where,
                {layer::syntax, std::string(its->name), its->cost, "parses", its->judge},
                std::move(piece)
            ));
    return checks;
}

}  // namespace riva::verify
