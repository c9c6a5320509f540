#include "scripted/script_answers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace riva::llm::scripted {

namespace {

using outcome = pattern::outcome;

request_refusal no_rule(const question& q) {
    return {
        404,
        "no rule of the script matches: model '" + q.model + "', purpose '" + q.purpose +
            "', last message '" + beginning_of(q.messages.back(), 120) + "'",
        "",
        "no_rule",
        "not_found_error"
    };
}

request_refusal all_used(std::size_t rule) {
    return {
        404,
        "all replies of rules[" + std::to_string(rule) + "] of the script have been given",
        "",
        "script_exhausted",
        "not_found_error"
    };
}

request_refusal too_costly(std::size_t rule) {
    return {
        500,
        "the pattern of rules[" + std::to_string(rule) +
            "] of the script takes too long on this message: make it simpler",
        "",
        "pattern_too_costly",
        "server_error"
    };
}

outcome meets(const condition_set& match, const question& q) {
    const std::string& last = q.messages.back();
    const auto occurs = [&](const std::string& text) {
        return ::memmem(last.data(), last.size(), text.data(), text.size()) != nullptr;
    };
    const bool plain = (match.model.empty() || glob_matches(match.model, q.model)) &&
                       (!match.tier || *match.tier == tier_of(q.model)) &&
                       (!match.purpose || *match.purpose == q.purpose) &&
                       (match.dialect.empty() || match.dialect == q.dialect) &&
                       (!match.stream || *match.stream == q.stream) &&
                       (!match.message || *match.message == last) &&
                       std::all_of(match.contains.begin(), match.contains.end(), occurs);
    if (!plain) return outcome::missing;
    return match.pattern ? match.pattern->search(last) : outcome::found;
}

class script_answers : public answer_source {
public:
    explicit script_answers(script s)
        : rules_(std::move(s.rules)), key_(std::move(s.key)), used_(rules_.size()) {}

    answered<answer> next(const question& q) override {
        std::size_t chosen = rules_.size();
        for (std::size_t i = 0; i < rules_.size(); ++i) {
            const condition_set& match = rules_[i].match;
            if (chosen < i && match.nth == 0) continue;
            const outcome met = meets(match, q);
            if (met == outcome::too_costly) return too_costly(i);
            if (met == outcome::missing) continue;
            const bool due = match.nth == 0 || ++used_[i].met == match.nth;
            if (due && chosen == rules_.size()) chosen = i;
        }
        return chosen < rules_.size() ? reply_of(chosen) : no_rule(q);
    }

    std::vector<std::string> models() const override {
        std::vector<std::string> names;
        for (const rule& r : rules_)
            if (!r.match.model.empty() && r.match.model.find_first_of("*?") == std::string::npos)
                names.push_back(r.match.model);
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        if (names.empty()) names.emplace_back("scripted");
        return names;
    }

    std::string key() const override { return key_; }

private:
    struct use {
        std::int64_t met = 0;     // requests that met all conditions but `nth`
        std::size_t replies = 0;  // given so far
    };

    answered<answer> reply_of(std::size_t i) {
        const rule& r = rules_[i];
        const std::size_t reply = used_[i].replies++;
        if (reply >= r.replies.size() && !r.repeat_last) return all_used(i);
        return r.replies[std::min(reply, r.replies.size() - 1)];
    }

    std::vector<rule> rules_;
    std::string key_;
    std::vector<use> used_;
};

}  // namespace

std::unique_ptr<answer_source> answers_from(script s) {
    return std::make_unique<script_answers>(std::move(s));
}

}  // namespace riva::llm::scripted
