#include "earlier_tests.hpp"

#include "test_files.hpp"
#include "words.hpp"

#include <riva/runtime/offload.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stop_token>
#include <string>
#include <utility>

namespace riva::agents {
namespace {

namespace fs = std::filesystem;

class earlier_check final : public verify::check {
public:
    explicit earlier_check(std::shared_ptr<verify::check> same)
        : same_(std::move(same)), traits_(same_->traits()) {
        traits_.id += ":before";
        traits_.needs.clear();
    }

    const verify::check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const verify::check_input& input, deadline by) override {
        evidence e = co_await same_->run(input, by);
        if (e.result == verdict::fail) {
            e.result = verdict::indeterminate;
            e.grade = evidence_grade::none;
        }
        e.detail = "with the tests as they were before the change: " + e.detail;
        co_return e;
    }

private:
    std::shared_ptr<verify::check> same_;
    verify::check_traits traits_;
};

/// Stands for tests that did not exist before.
class no_earlier_check final : public verify::check {
public:
    no_earlier_check() {
        traits_.id = "tests:before";
        traits_.layer = layer::behavioural;
        traits_.author = author::repository;
        traits_.pure = true;
    }

    const verify::check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const verify::check_input&, deadline) override {
        evidence e;
        e.detail =
            "only tests that were written together with the change speak for it: give a check";
        co_return e;
    }

private:
    verify::check_traits traits_;
};

std::string content_of(const fs::path& objects, const std::string& hash) {
    if (hash.empty()) return {};
    std::ifstream file(objects / hash, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_of_cmake(const fs::path& file) {
    return file.filename() == "CMakeLists.txt" || file.extension() == ".cmake";
}

bool is_new_test(const file_change& change) {
    return change.kind == change_kind::created && is_test(change.path) &&
           !steers_tests(change.path);
}

/// Whether a command names the test: its path, its file, or the module that it is.
bool is_named_in(const std::vector<std::string>& lines, const fs::path& test) {
    return std::ranges::any_of(lines, [&](const std::string& line) {
        const auto words = words_of(line);
        return std::ranges::any_of(words, [&](const std::string& word) {
            return word == in_lower_case(test.string()) ||
                   word == in_lower_case(test.filename().string()) ||
                   word == in_lower_case(test.stem().string()) ||
                   word.ends_with("." + in_lower_case(test.stem().string()));
        });
    });
}

bool new_tests_are_asked_for(const change_set& all, const std::vector<std::string>& checks) {
    return std::ranges::any_of(all.files, [&](const changed_file& file) {
        return is_new_test(file.change) && is_named_in(checks, file.change.path);
    });
}

bool is_to_be_restored(const file_change& change, bool keep_new, const fs::path& objects) {
    const fs::path file = change.path;
    if (steers_tests(file)) return true;
    if (is_test(file)) return !keep_new || !is_new_test(change);
    return is_of_cmake(file) &&
           speaks_of_other_tests(
               content_of(objects, change.before), content_of(objects, change.after)
           );
}

changed_file reversed(changed_file file) {
    std::swap(file.change.before, file.change.after);
    std::swap(file.mode_before, file.mode_after);
    if (file.change.kind == change_kind::created)
        file.change.kind = change_kind::deleted;
    else if (file.change.kind == change_kind::deleted)
        file.change.kind = change_kind::created;
    return file;
}

}  // namespace

asio::awaitable<result<bool>> restore_tests(run_context& run, workspace& tree) {
    const auto all = co_await tree.changes();
    if (!all) co_return all.error();
    const bool keep_new = new_tests_are_asked_for(*all, run.job.checks);
    change_set back;
    const auto choose = [&](const std::stop_token&) {
        for (const changed_file& file : all->files)
            if (is_to_be_restored(file.change, keep_new, tree.objects()))
                back.files.push_back(reversed(file));
    };
    co_await offload(run.blocking, choose);
    if (back.files.empty()) co_return false;
    const auto done = co_await apply(std::move(back), tree.objects(), tree.root(), run.blocking);
    if (!done) co_return done.error();
    co_return true;
}

std::vector<std::shared_ptr<verify::check>> by_earlier_tests(
    std::vector<std::shared_ptr<verify::check>> checks
) {
    for (auto& each : checks) each = std::make_shared<earlier_check>(std::move(each));
    if (checks.empty()) checks.push_back(std::make_shared<no_earlier_check>());
    return checks;
}

}  // namespace riva::agents
