#include "test_files.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace riva::agents {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& all) {
    return std::ranges::find(all, name) != all.end();
}

bool is_folder_of_tests(std::string_view name) {
    static constexpr std::array names{
        "test"sv, "tests"sv, "testing"sv, "testdata"sv, "__tests__"sv, "spec"sv, "specs"sv
    };
    return is_one_of(name, names) || name.starts_with("test_") || name.starts_with("test-");
}

bool is_named_as_test(std::string_view name) {
    const std::string_view stem = name.substr(0, name.find('.'));
    const std::string_view rest = name.substr(stem.size());
    if (stem == "test" || stem == "tests") return true;
    if (name.starts_with("test") && name.ends_with(".py")) return true;  // as unittest has it
    for (const std::string_view begin : {"test_", "test-"})
        if (stem.starts_with(begin)) return true;
    for (const std::string_view end : {"_test", "-test", "_tests", "-tests", "_spec", "-spec"})
        if (stem.ends_with(end)) return true;
    return rest.starts_with(".test.") || rest.starts_with(".spec.") || rest.ends_with(".snap");
}

std::vector<std::string> lines_about_tests(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string line = in_lower_case(std::string(text.substr(0, end)));
        if (line.find("test") != std::string::npos) lines.push_back(std::move(line));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace

std::string in_lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool is_test(const fs::path& file) {
    for (const fs::path& folder : file.parent_path())
        if (is_folder_of_tests(in_lower_case(folder.string()))) return true;
    const std::string name = file.filename().string();
    const std::string stem = file.stem().string();
    // FooTest.java and TestFoo.java, but not Testimonial.java.
    if (stem.ends_with("Test") || stem.ends_with("Tests")) return true;
    if (stem.size() > 4 && stem.starts_with("Test") && stem[4] >= 'A' && stem[4] <= 'Z')
        return true;
    return is_named_as_test(in_lower_case(name));
}

bool steers_tests(const fs::path& file) {
    static constexpr std::array names{
        "conftest.py"sv,
        "pytest.ini"sv,
        ".pytest.ini"sv,
        "tox.ini"sv,
        "setup.cfg"sv,
        "pyproject.toml"sv,
        "sitecustomize.py"sv,
        "usercustomize.py"sv,
        "unittest.py"sv,  // would be run instead of Python's own
        "pytest.py"sv,
        "package.json"sv,
        "makefile"sv,
        "gnumakefile"sv,
        "cargo.toml"sv,
        "ctesttestfile.cmake"sv,
        "ctestcustom.cmake"sv
    };
    const std::string name = in_lower_case(file.filename().string());
    if (is_one_of(name, names)) return true;
    for (const fs::path& folder : file.parent_path())
        if (folder == "unittest" || folder == "pytest" || folder == "_pytest") return true;
    for (const std::string_view begin :
         {"jest.", "vitest.", "karma.conf.", ".mocharc", "ava.config.", "playwright.config."})
        if (name.starts_with(begin)) return true;
    return false;
}

bool speaks_of_other_tests(std::string_view before, std::string_view after) {
    return lines_about_tests(before) != lines_about_tests(after);
}

}  // namespace riva::agents
