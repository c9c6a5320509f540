#include "power_cut.hpp"

#include <algorithm>

namespace riva::test {
namespace {

constexpr std::size_t sector = 512;

/// When each file was last synced, and when any was: with a new log SQLite syncs their folder.
struct syncs {
    std::map<std::string, std::size_t> last;
    std::size_t last_of_all = 0;

    explicit syncs(std::span<const disk_step> steps) {
        for (std::size_t i = 0; i < steps.size(); ++i)
            if (steps[i].what == disk_step::kind::sync) last_of_all = last[steps[i].file] = i + 1;
    }

    bool is_safe(const disk_step& step, std::size_t at) const {
        const auto found = last.find(step.file);
        return found != last.end() && at < found->second;
    }
};

void put(std::string& into, std::size_t offset, std::string_view bytes) {
    if (into.size() < offset + bytes.size()) into.resize(offset + bytes.size());
    std::ranges::copy(bytes, into.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// A write that nobody has waited for.
void put_some(std::string& into, const disk_step& step, std::mt19937& random) {
    for (std::size_t done = 0; done < step.bytes.size();) {
        const std::size_t at = static_cast<std::size_t>(step.offset) + done;
        const std::size_t size = std::min(sector - at % sector, step.bytes.size() - done);
        std::string piece = step.bytes.substr(done, size);
        const auto fate = random() % 10;
        if (fate == 9) std::ranges::generate(piece, [&] { return static_cast<char>(random()); });
        if (fate < 5 || fate == 9) put(into, at, piece);
        done += size;
    }
}

}  // namespace

disk_image cut_power(std::span<const disk_step> steps, std::mt19937& random) {
    const syncs known(steps);
    disk_image files;
    std::map<std::string, std::size_t> created;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& step = steps[i];
        const bool happened = known.is_safe(step, i);
        if (step.what == disk_step::kind::write) {
            if (!files.contains(step.file)) created[step.file] = i;
            std::string& file = files[step.file];
            if (happened)
                put(file, static_cast<std::size_t>(step.offset), step.bytes);
            else
                put_some(file, step, random);
        } else if (step.what == disk_step::kind::truncate) {
            std::string& file = files[step.file];
            const auto size = static_cast<std::size_t>(step.offset);
            if (size < file.size() && (happened || random() % 2 == 0)) file.resize(size);
        } else if (step.what == disk_step::kind::remove) {
            if (i < known.last_of_all || random() % 2 == 0) files.erase(step.file);
        }
    }
    for (const auto& [name, when] : created)
        if (when >= known.last_of_all && random() % 2 == 0) files.erase(name);
    return files;
}

}  // namespace riva::test
