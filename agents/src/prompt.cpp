#include "prompt.hpp"

#include <stdexcept>

namespace riva::agents {

std::string render(
    std::string_view text, const std::map<std::string, std::string, std::less<>>& values
) {
    std::string out;
    while (true) {
        const std::size_t open = text.find("{{");
        if (open == std::string_view::npos) break;
        const std::size_t close = text.find("}}", open);
        if (close == std::string_view::npos) break;
        const auto value = values.find(text.substr(open + 2, close - open - 2));
        if (value == values.end())
            throw std::logic_error(
                "prompt names an unknown value: " + std::string(text.substr(open, close - open + 2))
            );
        out.append(text.substr(0, open));
        out.append(value->second);
        text.remove_prefix(close + 2);
    }
    return out.append(text);
}

}  // namespace riva::agents
