#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace riva::verify {

/// How a build compiles one file, as far as a front end needs to know.
struct compile_command {
    std::string compiler;                ///< its name alone, such as `g++-12`
    std::vector<std::string> arguments;  ///< include paths, definitions, forced includes, standard
    std::vector<std::string> left_out;  ///< what may decide as well, and is not passed on
};

/// The compile_commands.json of `root` or of `root/build`.
///
/// It is foreign text: of a command only the include paths, `-D`, `-U`, `-std` and `-include` are
/// taken, each written so that no compiler reads it as anything else; options that load code or
/// write files never are. Paths of the tree where the database was made lead to `root` instead.
class compile_database {
public:
    /// None if there is none, or it is no JSON of that form. Reads at most 16 MiB.
    static std::optional<compile_database> read(const std::filesystem::path& root);

    /// None if the file is not in it, or its compiler is none that riva knows.
    std::optional<compile_command> command_for(const std::string& file) const;

private:
    struct entry {
        std::filesystem::path directory;
        std::filesystem::path file;  ///< absolute
        std::vector<std::string> words;
    };

    std::vector<entry> entries_;
};

}  // namespace riva::verify
