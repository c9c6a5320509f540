#include "package_manifest.hpp"

#include "regular_file.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <string_view>

namespace riva::verify {
namespace {

namespace json = boost::json;

std::string text(const json::object& in, std::string_view key) {
    const auto* value = in.if_contains(key);
    const auto* string = value != nullptr ? value->if_string() : nullptr;
    return string != nullptr ? std::string(*string) : std::string();
}

const json::object* object(const json::object& in, std::string_view key) {
    const auto* value = in.if_contains(key);
    return value != nullptr ? value->if_object() : nullptr;
}

bool is_placeholder(std::string_view script) {
    return script.find("no test specified") != std::string_view::npos;
}

}  // namespace

std::optional<package_manifest> read_package_manifest(const std::filesystem::path& folder) {
    const auto content = read_regular_file(folder / "package.json", 1024 * 1024);
    if (!content) return std::nullopt;
    boost::system::error_code failed;
    const json::value document = json::parse(*content, failed);
    const json::object* root = failed ? nullptr : document.if_object();
    if (root == nullptr) return std::nullopt;

    package_manifest manifest;
    manifest.type = text(*root, "type");
    if (const auto* scripts = object(*root, "scripts")) manifest.test = text(*scripts, "test");
    if (is_placeholder(manifest.test)) manifest.test.clear();
    for (const char* key : {"dependencies", "devDependencies"})
        if (const auto* named = object(*root, key)) manifest.has_dependencies |= !named->empty();
    return manifest;
}

}  // namespace riva::verify
