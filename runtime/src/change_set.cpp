#include <riva/runtime/change_set.hpp>

namespace riva {

std::vector<file_change> change_set::changes() const {
    std::vector<file_change> all;
    all.reserve(files.size());
    for (const changed_file& file : files) all.push_back(file.change);
    return all;
}

}  // namespace riva
