#include "output.hpp"

#include "terminal_text.hpp"

#include <riva/llm/price.hpp>

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace riva::cli {
namespace {

class json_lines final : public observer {
public:
    asio::awaitable<void> observe(const event& e) override {
        const std::string line = to_json(e) + "\n";
        std::fwrite(line.data(), 1, line.size(), stdout);
        std::fflush(stdout);
        co_return;
    }
};

enum class tone { plain, good, bad, dim };

class progress final : public observer {
public:
    progress(bool live, bool colored) : live_(live), colored_(colored) {}

    asio::awaitable<void> observe(const event& e) override {
        std::visit([this](const auto& body) { show(body); }, e.body);
        co_return;
    }

private:
    void show(const events::run_started& e) { line(tone::plain, "task", first_line(e.task)); }

    void show(const events::run_resumed&) {
        line(tone::plain, "run", "goes on from what was recorded");
    }

    void show(const events::intention_started& e) {
        if (e.depth > 0) line(tone::plain, e.intention, "part: " + first_line(e.what));
    }

    void show(const events::intention_decomposed& e) {
        line(
            tone::plain,
            e.intention,
            "split into " + std::to_string(e.children.size()) + " parts: " + first_line(e.reason)
        );
    }

    void show(const events::intention_ended& e) {
        const bool good = e.status == intention_status::verified;
        line(
            good ? tone::good : tone::bad,
            e.intention,
            std::string(to_string(e.status)) + ": " + first_line(e.reason, 300)
        );
    }

    void show(const events::model_started& e) {
        std::string text = "asking " + printable(e.model) + ", " + printable(e.tier);
        if (!e.reason.empty()) text += ": " + first_line(e.reason, 200);
        line(tone::dim, e.intention, text);
    }

    void show(const events::model_delta&) {}

    void show(const events::model_ended& e) {
        if (!e.error.empty())
            line(tone::bad, e.intention, "no answer: " + first_line(e.error, 300));
    }

    void show(const events::action_proposed& e) {
        line(tone::plain, e.intention, first_line(summary(e.action), 200));
    }

    void show(const events::action_gated& e) {
        if (e.decision == "denied")
            line(tone::bad, e.intention, "not run: " + first_line(e.reason, 300));
    }

    void show(const events::action_executed& e) {
        if (!e.error.empty()) line(tone::bad, e.intention, first_line(e.error, 300));
        if (e.outcome.exit_code.value_or(0) != 0)
            line(tone::bad, e.intention, "exit status " + std::to_string(*e.outcome.exit_code));
    }

    void show(const events::action_rolled_back& e) {
        line(tone::dim, e.intention, "rolled back: " + first_line(e.reason));
    }

    void show(const events::check_started& e) {
        running_.push_back(e.intention + "  checking " + first_line(e.check));
        redraw();
    }

    void show(const events::check_ended& e) {
        const std::string name = e.intention + "  checking " + first_line(e.evidence.check);
        for (auto it = running_.begin(); it != running_.end(); ++it)
            if (*it == name) {
                running_.erase(it);
                break;
            }
        if (e.evidence.result == verdict::skipped) return redraw();
        const bool good = e.evidence.result == verdict::pass;
        line(
            good ? tone::good : tone::bad,
            e.intention,
            std::string(to_string(e.evidence.result)) + " " + first_line(e.evidence.check) +
                (good ? "" : ": " + first_line(e.evidence.detail, 200))
        );
    }

    void show(const events::verify_decided& e) {
        if (e.decision == "skip")
            line(tone::dim, e.intention, "not verified: " + first_line(e.reason, 200));
    }

    void show(const events::verify_ended&) {}

    void show(const events::trust_changed& e) {
        if (e.outcome == "escape")
            line(tone::bad, e.intention, "a change that was not verified turned out to be wrong");
    }

    void show(const events::verify_canary& e) {
        if (e.outcome == "missed")
            line(
                tone::dim,
                e.intention,
                "the checks do not see a fault in " + printable(e.path) + ":" +
                    std::to_string(e.line) + ": " + first_line(e.mutation)
            );
    }

    void show(const events::memory_recorded& e) {
        line(
            tone::dim,
            "memory",
            "learnt " + printable(e.entry.kind) + " " + std::to_string(e.entry.id) +
                " from what became of run " + printable(e.source)
        );
    }

    void show(const events::memory_shown&) {}

    void show(const events::workspace_diff& e) {
        if (e.applied) line(tone::good, "run", "the change was applied to the repository");
    }

    void show(const events::effect_prepared&) {}
    void show(const events::effect_applied&) {}
    void show(const events::effect_undone&) {}

    void show(const events::log& e) { line(tone::dim, e.level, first_line(e.message, 300)); }

    void show(const events::run_result& e) {
        running_.clear();
        std::string text = e.outcome + ", evidence " + std::string(to_string(e.grade)) + ", " +
                           std::to_string(e.files.size()) + " file(s), " +
                           std::to_string(e.usage.calls) + " model call(s), " + money(e.usage) +
                           ", " + std::to_string(e.verification.performed) + " check(s), " +
                           std::to_string(e.wall_ms) + " ms";
        line(e.outcome == "verified" ? tone::good : tone::bad, "run", text);
        if (!e.error) return;
        line(tone::bad, e.error->kind, printable(e.error->message));
        if (!e.error->hint.empty()) line(tone::plain, "hint", printable(e.error->hint));
    }

    void line(tone t, std::string_view who, const std::string& text) {
        erase_live();
        static constexpr const char* codes[] = {"", "\x1b[32m", "\x1b[31m", "\x1b[2m"};
        const char* on = colored_ ? codes[static_cast<int>(t)] : "";
        const std::string name = printable(who);
        std::fprintf(
            stderr, "%s%-7s %s%s\n", on, name.c_str(), text.c_str(), *on != '\0' ? "\x1b[0m" : ""
        );
        draw_live();
    }

    void redraw() {
        erase_live();
        draw_live();
    }

    void erase_live() {
        for (; drawn_ > 0; --drawn_) std::fputs("\x1b[1A\x1b[2K", stderr);
    }

    void draw_live() {
        if (!live_) return;
        for (const auto& check : running_) std::fprintf(stderr, "%s ...\n", check.c_str());
        drawn_ = running_.size();
        std::fflush(stderr);
    }

    bool live_;
    bool colored_;
    std::vector<std::string> running_;
    std::size_t drawn_ = 0;
};

}  // namespace

std::unique_ptr<observer> make_json_lines() {
    return std::make_unique<json_lines>();
}

std::unique_ptr<observer> make_progress(when color) {
    const char* terminal = std::getenv("TERM");
    const bool dumb = terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
    return std::make_unique<progress>(
        ::isatty(STDERR_FILENO) == 1 && !dumb, use_color(color, stderr)
    );
}

std::string money(const events::usage& usage) {
    if (usage.calls > 0 && usage.unpriced_calls == usage.calls) return "cost unknown";
    std::string text = "$" + llm::format_usd(usage.micro_usd);
    if (usage.unpriced_calls > 0)
        text += " and " + std::to_string(usage.unpriced_calls) + " call(s) of unknown cost";
    return text;
}

bool use_color(when asked, std::FILE* stream) {
    if (asked != when::automatic) return asked == when::always;
    const char* refused = std::getenv("NO_COLOR");
    return ::isatty(::fileno(stream)) == 1 && (refused == nullptr || *refused == '\0');
}

}  // namespace riva::cli
