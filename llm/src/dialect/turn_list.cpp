#include "turn_list.hpp"

namespace riva::llm {

void turn_list::add(std::string_view role, std::string_view parts) {
    if (role == role_) {
        out_ += ',';
    } else {
        end();
        if (!role_.empty()) out_ += ',';
        out_ += "{\"role\":\"";
        out_ += role;
        out_ += "\",\"";
        out_ += parts_;
        out_ += "\":[";
        role_ = role;
    }
    out_ += parts;
}

void turn_list::end() {
    if (!role_.empty()) out_ += "]}";
}

}  // namespace riva::llm
