#include "run_tree.hpp"

#include "output.hpp"
#include "terminal_text.hpp"

#include <cstdio>
#include <optional>
#include <utility>
#include <variant>

namespace riva::cli {

class run_tree::printer {
public:
    void print(const event& e) {
        std::visit([this](const auto& body) { show(body); }, e.body);
    }

    void print_unfinished(const std::string& run) const {
        if (!effect_) return;
        std::printf(
            "\nunknown     effect %s (%s) was prepared, and how far it got is not known:\n",
            effect_->effect.c_str(),
            effect_->kind.c_str()
        );
        for (const auto& file : effect_->files)
            std::printf("            %s\n", printable(file.change.path).c_str());
        std::printf(
            "riva apply %s writes all of it, riva apply %s --undo takes all of it back.\n",
            run.c_str(),
            run.c_str()
        );
    }

private:
    std::optional<events::effect_prepared> effect_;  // that has no end so far
    std::optional<events::effect_prepared> before_;  // that had none when it was prepared

    static void line(const std::string& intention, const std::string& text) {
        std::size_t depth = 0;
        for (const char c : intention) depth += c == '.' ? 1 : 0;
        std::printf("%*s%s\n", static_cast<int>(2 * depth), "", text.c_str());
    }

    void show(const events::run_started& e) {
        std::printf("task        %s\n", printable(e.task).c_str());
        if (!e.acceptance.empty()) std::printf("acceptance  %s\n", printable(e.acceptance).c_str());
        std::printf(
            "repository  %s\nagent       %s, riva %s\n\n",
            printable(e.repository).c_str(),
            e.agent.c_str(),
            e.version.c_str()
        );
    }

    void show(const events::run_resumed& e) {
        std::printf("resumed with riva %s\n\n", printable(e.version).c_str());
    }

    void show(const events::intention_started& e) {
        line(e.intention, e.intention + "  " + first_line(e.what));
    }

    void show(const events::intention_decomposed& e) {
        line(
            e.intention,
            "  split into " + std::to_string(e.children.size()) + " parts: " + first_line(e.reason)
        );
    }

    void show(const events::intention_ended& e) {
        line(
            e.intention,
            "  " + e.intention + " " + std::string(to_string(e.status)) + " (" +
                std::string(to_string(e.grade)) + "): " + first_line(e.reason, 300)
        );
    }

    void show(const events::action_proposed& e) {
        line(
            e.intention,
            "  cycle " + std::to_string(e.cycle) + ": " + first_line(summary(e.action), 200)
        );
        if (!e.thought.empty()) line(e.intention, "    thought: " + first_line(e.thought, 300));
    }

    void show(const events::action_gated& e) {
        std::string factors;
        for (const auto& factor : e.factors) factors += " " + factor;
        if (e.decision != "run")
            line(e.intention, "    " + e.decision + ", risk " + e.risk + ":" + printable(factors));
    }

    void show(const events::action_executed& e) {
        if (!e.error.empty()) line(e.intention, "    error: " + first_line(e.error, 300));
        if (e.outcome.exit_code)
            line(e.intention, "    exit status " + std::to_string(*e.outcome.exit_code));
        for (const auto& file : e.outcome.files)
            line(
                e.intention, "    " + std::string(to_string(file.kind)) + " " + printable(file.path)
            );
    }

    void show(const events::action_rolled_back& e) {
        line(e.intention, "    rolled back: " + first_line(e.reason, 300));
    }

    void show(const events::check_ended& e) {
        const auto& found = e.evidence;
        line(
            e.intention,
            "    " + std::string(to_string(found.result)) + "  " + first_line(found.check) + "  (" +
                std::string(to_string(found.grade)) + ", by " +
                std::string(to_string(found.author)) + ", " +
                std::to_string(found.duration.count()) + " ms)"
        );
        if (!found.command.empty())
            line(e.intention, "      ran: " + first_line(found.command, 200));
        if (found.result != verdict::pass && !found.detail.empty())
            line(e.intention, "      " + first_line(found.detail, 300));
    }

    void show(const events::model_ended& e) {
        line(
            e.intention,
            "    " + printable(e.model) + ", " + printable(e.tier) + ": " +
                std::to_string(e.input_tokens) + " + " + std::to_string(e.output_tokens) +
                " tokens, " + std::to_string(e.duration_ms) + " ms" +
                (e.recorded ? ", recorded" : "") +
                (e.error.empty() ? "" : "; failed: " + first_line(e.error, 300))
        );
    }

    void show(const events::log& e) {
        std::printf("%s: %s\n", e.level.c_str(), first_line(e.message, 300).c_str());
    }

    void show(const events::run_result& e) {
        std::printf(
            "\noutcome     %s, evidence %s\n",
            e.outcome.c_str(),
            std::string(to_string(e.grade)).c_str()
        );
        for (const auto& file : e.files) std::printf("changed     %s\n", printable(file).c_str());
        if (e.verification.canaries > 0)
            std::printf(
                "canaries    the checks caught %lld of %lld faults put in on purpose\n",
                static_cast<long long>(e.verification.canaries_caught),
                static_cast<long long>(e.verification.canaries)
            );
        std::printf(
            "cost        %lld model call(s), %lld + %lld tokens, %s, %lld check(s), %lld ms\n",
            static_cast<long long>(e.usage.calls),
            static_cast<long long>(e.usage.input_tokens),
            static_cast<long long>(e.usage.output_tokens),
            money(e.usage).c_str(),
            static_cast<long long>(e.verification.performed),
            static_cast<long long>(e.wall_ms)
        );
        if (e.error)
            std::printf("%-11s %s\n", e.error->kind.c_str(), printable(e.error->message).c_str());
    }

    void show(const events::workspace_diff&) {}

    void show(const events::effect_prepared& e) { before_ = std::exchange(effect_, e); }

    void show(const events::effect_applied& e) {
        if (!effect_ || effect_->effect != e.effect) return;
        std::printf(
            effect_->kind == "undo" ? "the change was taken back\n" : "the change was applied\n"
        );
        effect_.reset();
    }

    void show(const events::effect_undone& e) {
        std::printf("the change was not applied: %s\n", first_line(e.reason, 500).c_str());
        effect_ = before_;
    }

    void show(const events::model_started& e) {
        if (!e.fallback_from.empty())
            line(
                e.intention,
                "    " + printable(e.model) + " instead of " + printable(e.fallback_from) + ": " +
                    first_line(e.reason, 200)
            );
    }
    void show(const events::model_delta&) {}
    void show(const events::check_started&) {}
    void show(const events::verify_decided& e) {
        if (e.decision != "verify")
            line(e.intention, "    " + e.decision + ": " + first_line(e.reason, 200));
    }
    void show(const events::verify_ended& e) {
        if (e.batch > 1)
            line(
                e.intention,
                "    step " + std::to_string(e.cycle) + ", " + std::string(to_string(e.result)) +
                    " in a batch of " + std::to_string(e.batch) + ": " + first_line(e.reason, 200)
            );
    }
    void show(const events::verify_canary& e) {
        if (e.outcome == "missed")
            line(
                e.intention,
                "    missed  " + printable(e.path) + ":" + std::to_string(e.line) + ", " +
                    first_line(e.mutation)
            );
    }
    void show(const events::memory_recorded& e) {
        std::printf(
            "learnt      %s %lld from run %s\n",
            printable(e.entry.kind).c_str(),
            static_cast<long long>(e.entry.id),
            printable(e.source).c_str()
        );
    }
    void show(const events::memory_shown& e) {
        for (const auto& entry : e.entries)
            line(
                e.intention,
                "  remembers " + printable(entry.kind) + " " + std::to_string(entry.id) + ": " +
                    first_line(entry.text)
            );
    }
    void show(const events::trust_changed& e) {
        if (e.outcome == "escape")
            line(
                e.intention,
                "    step " + std::to_string(e.cycle) + ": was not verified, and was wrong"
            );
    }
};

run_tree::run_tree() : printer_(std::make_unique<printer>()) {}

run_tree::~run_tree() = default;

void run_tree::print(const event& e) {
    printer_->print(e);
}

void run_tree::print_unfinished(const std::string& run) const {
    printer_->print_unfinished(run);
}

}  // namespace riva::cli
