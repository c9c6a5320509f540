#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace riva::llm::scripted {

/// Which calls of tools still wait for their answer.
class call_order {
public:
    void made(std::string id) {
        made_.push_back(id);
        open_.push_back(std::move(id));
    }

    /// False when there is no such call.
    bool answer(const std::string& id) {
        std::erase(open_, id);
        return std::find(made_.begin(), made_.end(), id) != made_.end();
    }

    /// What was called before this cannot be answered any more.
    void forget() {
        made_.clear();
        open_.clear();
    }

    const std::vector<std::string>& open() const { return open_; }

    std::string open_text() const {
        std::string text;
        for (const std::string& id : open_) text += (text.empty() ? "" : ", ") + id;
        return text;
    }

private:
    std::vector<std::string> made_;
    std::vector<std::string> open_;
};

}  // namespace riva::llm::scripted
