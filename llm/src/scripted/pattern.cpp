#include "scripted/pattern.hpp"

// A search gives up after this many states: about a tenth of a second.
#define BOOST_REGEX_MAX_STATE_COUNT 5000000

#include <boost/regex.hpp>

#include <stdexcept>

namespace riva::llm::scripted {

struct pattern::compiled {
    boost::regex expression;
};

pattern::pattern(std::string_view expression, std::string& trouble) {
    try {
        compiled_ = std::make_shared<compiled>(
            compiled{boost::regex(expression.data(), expression.data() + expression.size())}
        );
    } catch (const boost::regex_error& e) {
        trouble = e.what();
    }
}

pattern::outcome pattern::search(std::string_view text) const {
    try {
        const bool found = boost::regex_search(
            text.data(), text.data() + text.size(), compiled_->expression, boost::match_any
        );
        return found ? outcome::found : outcome::missing;
    } catch (const std::runtime_error&) {
        return outcome::too_costly;
    }
}

bool glob_matches(std::string_view glob, std::string_view text) {
    std::size_t g = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_end = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            star_end = t;
        } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
            ++g;
            ++t;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            t = ++star_end;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == std::string_view::npos;
}

}  // namespace riva::llm::scripted
