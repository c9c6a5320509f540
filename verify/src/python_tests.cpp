#include "python_tests.hpp"

#include "command_evidence.hpp"
#include "regular_file.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace riva::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_entries = 20'000;
constexpr std::size_t largest_test_file = 1024 * 1024;

bool holds_no_tests(const std::string& folder) {
    static constexpr std::array<std::string_view, 8> others{
        "node_modules", "venv", "env", "__pycache__", "build", "dist", "site-packages", "target"
    };
    return folder.starts_with('.') || std::ranges::find(others, folder) != others.end();
}

bool is_test_name(std::string_view name) {
    return name.ends_with("_test.py") || (name.starts_with("test") && name.ends_with(".py"));
}

/// Names of test modules and of `conftest.py` files, relative to the root, sorted.
std::vector<fs::path> python_test_files(const fs::path& root) {
    std::vector<fs::path> files;
    std::error_code failed;
    std::size_t seen = 0;
    fs::recursive_directory_iterator at(
        root, fs::directory_options::skip_permission_denied, failed
    );
    for (; !failed && at != fs::end(at) && seen < most_entries; at.increment(failed), ++seen) {
        const std::string name = at->path().filename().string();
        std::error_code ignored;
        const auto type = at->symlink_status(ignored).type();
        if (type == fs::file_type::directory && holds_no_tests(name))
            at.disable_recursion_pending();
        if (type == fs::file_type::regular && (is_test_name(name) || name == "conftest.py"))
            files.push_back(at->path().lexically_relative(root));
    }
    std::ranges::sort(files);
    return files;
}

struct test_style {
    bool unittest = false;
    bool pytest = false;
};

test_style style_of(const fs::path& file) {
    test_style style;
    bool plain_functions = false;
    const auto content = read_regular_file(file, largest_test_file);
    if (!content) return style;
    for (const std::string_view line : lines_of(*content)) {
        plain_functions |= line.starts_with("def test") || line.starts_with("async def test");
        const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
        const std::string_view code = line.substr(begin);
        if (!code.starts_with("import ") && !code.starts_with("from ")) continue;
        style.unittest |= code.find("unittest") != std::string_view::npos;
        style.pytest |= code.find("pytest") != std::string_view::npos;
    }
    style.pytest |= plain_functions && !style.unittest;
    return style;
}

bool mentions(const fs::path& file, std::string_view text) {
    const auto content = read_regular_file(file, largest_test_file);
    return content && content->find(text) != std::string::npos;
}

bool configured_for_pytest(const fs::path& root) {
    return is_plain_file(root / "pytest.ini") ||
           mentions(root / "pyproject.toml", "[tool.pytest") ||
           mentions(root / "tox.ini", "[pytest]") || mentions(root / "setup.cfg", "[tool:pytest]");
}

/// Where `unittest discover` starts and what it takes for the top of the package.
struct discovery {
    fs::path start;
    fs::path top;
    bool ends_in_test = false;  ///< files are called `*_test.py`, which is not the default

    auto operator<=>(const discovery&) const = default;
};

fs::path top_of_package(const fs::path& root, fs::path folder) {
    while (!folder.empty() && is_plain_file(root / folder / "__init__.py"))
        folder = folder.parent_path();
    return folder;
}

/// Discovery goes down into packages by itself.
bool reaches(const discovery& upper, const discovery& lower) {
    if (upper.ends_in_test != lower.ends_in_test || upper.top != lower.top) return false;
    const fs::path between =
        lower.start.lexically_relative(upper.start.empty() ? "." : upper.start);
    return upper.start != lower.start && !between.empty() && *between.begin() != "..";
}

std::string arguments(const discovery& d) {
    std::string text;
    if (!d.start.empty()) text += " -s " + shell_word(d.start.string());
    if (d.top != d.start) text += " -t " + shell_word(d.top.empty() ? "." : d.top.string());
    if (d.ends_in_test) text += " -p '*_test.py'";
    return text;
}

/// `-m` looks in the folder first, and then in PYTHONPATH.
std::string path_that_hides_a_runner(const fs::path& root, bool sources_in_src) {
    std::error_code ignored;
    for (const char* folder : {"", "src"}) {
        if (*folder != '\0' && !sources_in_src) continue;
        for (const char* name : {"unittest.py", "unittest", "pytest.py", "pytest"}) {
            const fs::path path = fs::path(folder) / name;
            const bool package = fs::exists(root / path / "__init__.py", ignored);
            if (package || (path.has_extension() && fs::exists(root / path, ignored)))
                return path.string();
        }
    }
    return {};
}

}  // namespace

python_tests find_python_tests(const fs::path& root) {
    python_tests found;
    found.pytest = configured_for_pytest(root);
    std::set<discovery> starts;
    for (const fs::path& file : python_test_files(root)) {
        const std::string name = file.filename().string();
        if (name == "conftest.py") {
            found.pytest = true;
            continue;
        }
        const test_style style = style_of(root / file);
        found.pytest |= style.pytest;
        if (!style.unittest) continue;
        const fs::path folder = file.parent_path();
        starts.insert({folder, top_of_package(root, folder), !name.starts_with("test")});
    }
    for (const discovery& d : starts) {
        const bool reached =
            std::ranges::any_of(starts, [&](const discovery& other) { return reaches(other, d); });
        if (!reached) found.unittest.push_back(arguments(d));
    }
    std::error_code ignored;
    found.sources_in_src =
        fs::is_directory(root / "src", ignored) && !is_plain_file(root / "src" / "__init__.py");
    found.hidden_runner = path_that_hides_a_runner(root, found.sources_in_src);
    return found;
}

}  // namespace riva::verify
