#include "configuration.hpp"

#include <riva/agents/error.hpp>

#include <toml++/toml.h>

#include <cstdlib>
#include <set>
#include <sstream>

namespace riva::cli {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// What a repository may set: nothing that spends more, runs more or talks to somebody else.
const std::set<std::string, std::less<>> narrowing = {
    "max_calls",
    "max_children",
    "max_cycles",
    "max_depth",
    "max_intentions",
    "max_steps",
    "max_tokens"
};

std::string where(const fs::path& file, const toml::source_region& at) {
    std::ostringstream out;
    out << file.string() << ':' << at.begin.line << ':' << at.begin.column;
    return out.str();
}

std::string as_text(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    return {};
}

/// The keys of a file with their values as text, tables joined with dots.
struct entry {
    std::string key;
    std::string value;
    std::string where;
};

void flatten(
    const toml::table& table,
    const std::string& prefix,
    const fs::path& file,
    std::vector<entry>& into
) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (const auto* inner = node.as_table())
            flatten(*inner, name + ".", file, into);
        else
            into.push_back({name, as_text(node), where(file, node.source())});
    }
}

result<std::vector<entry>> read_file(const fs::path& file) {
    std::vector<entry> entries;
    std::error_code missing;
    if (!fs::exists(file, missing)) return entries;
    try {
        flatten(toml::parse_file(file.string()), "", file, entries);
    } catch (const toml::parse_error& e) {
        return error{
            agents::errc::bad_value,
            where(file, e.source()) + ": " + std::string(e.description()) + "."
        };
    }
    return entries;
}

result<void> set_model(agents::settings& s, std::string_view spec) {
    auto parsed = llm::parse_model_spec(spec);
    if (!parsed) return parsed.error();
    s.model = std::move(*parsed);
    return {};
}

result<void> take_user_file(agents::settings& s, const fs::path& file) {
    const auto entries = read_file(file);
    if (!entries) return entries.error();
    std::string key_env;
    for (const auto& e : *entries) {
        result<void> done;
        if (e.key == "model")
            done = set_model(s, e.value);
        else if (e.key == "key_env")
            key_env = e.value;
        else
            done = agents::set(s, e.key, e.value);
        if (!done) return error{done.error().code, e.where + ": " + done.error().context};
    }
    if (s.model && !key_env.empty()) s.model->key_env = key_env;
    return {};
}

result<void> take_repository_file(agents::settings& s, const fs::path& file) {
    const auto entries = read_file(file);
    if (!entries) return entries.error();
    for (const auto& e : *entries) {
        if (!narrowing.contains(e.key))
            return error{
                agents::errc::bad_value,
                e.where + ": a repository must not set '" + e.key +
                    "'; put it into the configuration of the user."
            };
        agents::settings tried = s;
        const auto done = agents::set(tried, e.key, e.value);
        if (!done) return error{done.error().code, e.where + ": " + done.error().context};
        // A limit may be lowered only.
        const auto number = [&](const agents::settings& from) { return from.describe().at(e.key); };
        const std::string before = number(s), after = number(tried);
        if (after == "unlimited") continue;
        if (before == "unlimited" || std::stoll(after) < std::stoll(before)) s = tried;
    }
    return {};
}

fs::path user_file() {
    const std::string base = variable("XDG_CONFIG_HOME");
    if (!base.empty()) return fs::path(base) / "riva" / "config.toml";
    return fs::path(variable("HOME")) / ".config" / "riva" / "config.toml";
}

result<void> take_environment(agents::settings& s) {
    const std::string spec = variable("RIVA_MODEL");
    if (!spec.empty()) {
        const auto done = set_model(s, spec);
        if (!done) return error{done.error().code, "RIVA_MODEL: " + done.error().context};
    }
    return {};
}

result<void> take_flags(agents::settings& s, const run_options& options) {
    if (!options.model.empty()) {
        const auto done = set_model(s, options.model);
        if (!done) return done.error();
    }
    for (const auto& [key, value] : options.settings) {
        const auto done = agents::set(s, key, value);
        if (!done) return done.error();
    }
    if (options.no_sandbox) s.sandbox = agents::isolation::off;
    s.provider.ca_file = options.ca_file;
    return {};
}

}  // namespace

result<agents::settings> configure(const run_options& options, const fs::path& repository) {
    agents::settings s = stored_settings();
    for (const auto& step :
         {take_user_file(s, user_file()),
          take_repository_file(s, repository / "riva.toml"),
          take_environment(s),
          take_flags(s, options)})
        if (!step) return step.error();
    if (s.model) {
        if (s.model->dialect == "openai" && s.model->base_url == "https://api.openai.com/v1" &&
            !variable("OPENAI_BASE_URL").empty())
            s.model->base_url = variable("OPENAI_BASE_URL");
        s.provider.key = variable(s.model->key_env.c_str());
    }
    return s;
}

agents::settings stored_settings() {
    agents::settings s;
    s.state_folder = state_folder();
    return s;
}

fs::path state_folder() {
    if (const std::string home = variable("RIVA_HOME"); !home.empty()) return fs::absolute(home);
    if (const std::string state = variable("XDG_STATE_HOME"); !state.empty())
        return fs::path(state) / "riva";
    return fs::path(variable("HOME")) / ".local" / "state" / "riva";
}

fs::path git_root(fs::path folder) {
    std::error_code failed;
    folder = fs::absolute(folder, failed);
    for (fs::path at = folder; !at.empty(); at = at.parent_path()) {
        if (fs::exists(at / ".git", failed)) return at;
        if (at == at.root_path()) break;
    }
    return folder;
}

}  // namespace riva::cli
