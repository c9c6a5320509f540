#include "power_cut.hpp"

#include <unistd.h>

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

void cut_off(std::string& file, const disk_step& step) {
    file.resize(std::min(file.size(), static_cast<std::size_t>(step.offset)));
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
            if (happened || random() % 2 == 0) cut_off(files[step.file], step);
        } else if (step.what == disk_step::kind::remove) {
            if (i < known.last_of_all || random() % 2 == 0) files.erase(step.file);
        }
    }
    for (const auto& [name, when] : created)
        if (when >= known.last_of_all && random() % 2 == 0) files.erase(name);
    return files;
}

disk_image kill_after(std::span<const disk_step> steps) {
    disk_image files;
    for (const auto& step : steps) {
        if (step.what == disk_step::kind::write)
            put(files[step.file], static_cast<std::size_t>(step.offset), step.bytes);
        else if (step.what == disk_step::kind::truncate)
            cut_off(files[step.file], step);
        else if (step.what == disk_step::kind::remove)
            files.erase(step.file);
    }
    return files;
}

std::filesystem::path fast_folder() {
    const std::filesystem::path in_memory = "/dev/shm";
    return ::access(in_memory.c_str(), W_OK) == 0 ? in_memory
                                                  : std::filesystem::temp_directory_path();
}

}  // namespace riva::test
