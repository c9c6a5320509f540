#include "source_check.hpp"

#include "blank_evidence.hpp"
#include "regular_file.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace riva::verify {
namespace {

class source_check final : public check {
public:
    source_check(sandbox& where, source_judge how, std::vector<std::string> files)
        : where_(where), how_(std::move(how)), files_(std::move(files)) {
        traits_.id = std::string(to_string(how_.layer)) + ":" + files_.front();
        if (files_.size() > 1) traits_.id += "+" + std::to_string(files_.size() - 1);
        traits_.kind = std::string(to_string(how_.layer)) + " " + how_.language;
        traits_.layer = how_.layer;
        traits_.resource = resource::cpu;
        traits_.author = author::runtime;
        traits_.cost = how_.cost;
        traits_.likely_to_fail = 0.1;
        traits_.pure = true;
    }

    const check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const check_input& input, deadline by) override {
        source_task task{&where_, traits_, input, {}};
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
        evidence e = co_await how_.judge(std::move(task), by);
        if (e.result == verdict::pass) e.detail = how_.passed;
        co_return e;
    }

private:
    sandbox& where_;
    source_judge how_;
    std::vector<std::string> files_;
    check_traits traits_;
};

}  // namespace

std::shared_ptr<check> make_source_check(
    sandbox& where, source_judge how, std::vector<std::string> files
) {
    return std::make_shared<source_check>(where, std::move(how), std::move(files));
}

std::vector<std::vector<std::string>> in_pieces(
    const std::vector<std::string>& files, std::size_t most
) {
    std::vector<std::vector<std::string>> pieces;
    for (std::size_t i = 0; i < files.size(); i += most) {
        const auto begin = files.begin() + static_cast<std::ptrdiff_t>(i);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(most, files.size() - i));
        pieces.emplace_back(begin, end);
    }
    return pieces;
}

}  // namespace riva::verify
