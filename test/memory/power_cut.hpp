#pragma once

#include "recorded_disk.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <random>
#include <span>
#include <string>

namespace riva::test {

/// Files by their names.
using disk_image = std::map<std::string, std::string>;

/// What a disk may hold when the power goes after `steps`. What a file was told before it was last
/// synced is there. Of what came after, each sector of 512 bytes was written, was not, or holds
/// garbage; a file may have been cut off, removed or created, or not.
disk_image cut_power(std::span<const disk_step> steps, std::mt19937& random);

/// What a disk holds after `steps`, and a killed process leaves behind.
disk_image kill_after(std::span<const disk_step> steps);

/// Where writing does not wait for a disk, if there is such a place.
std::filesystem::path fast_folder();

}  // namespace riva::test
