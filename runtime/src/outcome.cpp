#include <riva/runtime/outcome.hpp>

namespace riva {

std::string captured_output::text() const {
    if (dropped == 0) return head + tail;
    return head + "\n[... " + std::to_string(dropped) + " bytes left out ...]\n" + tail;
}

std::string_view to_string(change_kind kind) {
    switch (kind) {
        case change_kind::created: return "created";
        case change_kind::modified: return "modified";
        case change_kind::deleted: return "deleted";
    }
    return "modified";
}

}  // namespace riva
