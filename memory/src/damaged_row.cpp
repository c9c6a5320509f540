#include "damaged_row.hpp"

#include <riva/memory/error.hpp>

namespace riva::memory {

void refuse_row(const std::string& which, const std::string& how) {
    throw exception({errc::corrupt, "the row of " + which + " " + how});
}

}  // namespace riva::memory
