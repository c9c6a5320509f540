#include "command_evidence.hpp"
#include "hollow_exit.hpp"
#include "tool_identity.hpp"

#include <riva/verify/checks.hpp>

#include <utility>

namespace riva::verify {
namespace {

class command_check_of_line final : public check {
public:
    command_check_of_line(
        sandbox& where, std::string id, std::string line, author by, std::vector<std::string> fixed
    )
        : where_(where), line_(std::move(line)), read_only_(std::move(fixed)) {
        traits_.id = std::move(id);
        traits_.layer = layer::behavioural;
        traits_.resource = resource::cpu;
        traits_.author = by;
        traits_.cost = std::chrono::seconds(1);
        traits_.likely_to_fail = 0.3;
        traits_.kind = line_;
        if (const std::string tools = identify_tools_of(line_); !tools.empty()) {
            traits_.recipe = line_ + "\n" + tools;
            for (const auto& path : read_only_) traits_.recipe += "read-only " + path + "\n";
        }
    }

    const check_traits& traits() const override { return traits_; }

    asio::awaitable<evidence> run(const check_input& input, deadline by) override {
        judging_command command;
        command.argv = {"sh", "-c", line_};
        command.shown = line_;
        command.read_only = read_only_;
        judged_command judged =
            co_await run_and_judge(where_, traits_, input, std::move(command), by);
        evidence& e = judged.found;
        if (e.result == verdict::pass)
            if (const auto reason = hollow_exit(line_, judged))
                retract(e, verdict::indeterminate, *reason);
        if (e.exit_code == 126 || e.exit_code == 127) {
            const auto missing = missing_program(e.log);
            if (missing) retract(e, verdict::indeterminate, *missing);
        }
        co_return std::move(judged.found);
    }

private:
    sandbox& where_;
    check_traits traits_;
    std::string line_;
    std::vector<std::string> read_only_;
};

}  // namespace

std::shared_ptr<check> command_check(
    sandbox& where, std::string id, std::string line, author by, std::vector<std::string> read_only
) {
    return std::make_shared<command_check_of_line>(
        where, std::move(id), std::move(line), by, std::move(read_only)
    );
}

}  // namespace riva::verify
