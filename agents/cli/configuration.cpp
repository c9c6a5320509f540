#include "configuration.hpp"

#include "model_configuration.hpp"

#include <riva/agents/error.hpp>
#include <riva/llm/price.hpp>

#include <toml++/toml.h>

#include <array>
#include <charconv>
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
    "intention.max_tokens",
    "intention.max_usd",
    "max_calls",
    "max_children",
    "max_cycles",
    "max_depth",
    "max_intentions",
    "max_steps",
    "max_tokens",
    "max_usd"
};

std::string where(const fs::path& file, const toml::source_region& at) {
    std::ostringstream out;
    out << file.string() << ':' << at.begin.line << ':' << at.begin.column;
    return out.str();
}

std::string as_text(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* number = node.as_floating_point()) {
        std::array<char, 400> text{};
        const auto end = std::to_chars(
            text.data(), text.data() + text.size(), number->get(), std::chars_format::fixed
        );
        return {text.data(), end.ptr};
    }
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    return {};
}

/// The keys of a file with their values as text, tables joined with dots.
struct entry {
    std::string key;
    std::string value;
    std::string where;
    bool listed = false;  ///< one of a list of values
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
        else if (const auto* list = node.as_array())
            for (const auto& item : *list)
                into.push_back({name, as_text(item), where(file, item.source()), true});
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

/// What files say beside plain settings.
struct file_models {
    model_names names;
    std::string key_env;  ///< of the model for all tiers
    key_variables keys;

    /// False: the entry is a plain setting.
    bool take(const entry& e) {
        const model_names::name name{e.value, e.where};
        if (e.key == "models.fallback") return names.fallbacks.push_back(name), true;
        if (e.listed) return false;
        if (e.key == "model") return names.all = name, true;
        if (e.key == "models.small") return names.small = name, true;
        if (e.key == "models.medium") return names.medium = name, true;
        if (e.key == "models.large") return names.large = name, true;
        if (e.key == "key_env") return key_env = e.value, true;
        if (!e.key.starts_with("key_env.")) return false;
        keys[e.key.substr(8)] = e.value;
        return true;
    }
};

result<void> take_setting(agents::settings& s, const entry& e) {
    if (e.listed)
        return error{
            agents::errc::bad_value, e.where + ": '" + e.key + "' takes one value, not a list."
        };
    const auto done = agents::set(s, e.key, e.value);
    if (!done) return error{done.error().code, e.where + ": " + done.error().context};
    return {};
}

result<void> take_user_file(agents::settings& s, key_variables& keys, const fs::path& file) {
    const auto entries = read_file(file);
    if (!entries) return entries.error();
    file_models models;
    for (const auto& e : *entries)
        if (!models.take(e))
            if (const auto done = take_setting(s, e); !done) return done.error();
    const auto done = take_models(s, models.names);
    if (!done) return done.error();
    if (s.model && !models.key_env.empty()) s.model->key_env = models.key_env;
    keys = std::move(models.keys);
    return {};
}

/// A limit as a number that can be compared.
std::int64_t limit_in(const std::string& key, const std::string& text) {
    if (text == "unlimited") return INT64_MAX;
    return key.ends_with("max_usd") ? llm::parse_usd(text).value_or(INT64_MAX) : std::stoll(text);
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
        if (const auto done = take_setting(tried, e); !done) return done.error();
        // A limit may be lowered only.
        const auto number = [&](const agents::settings& from) {
            return limit_in(e.key, from.describe().at(e.key));
        };
        if (number(tried) < number(s)) s = tried;
    }
    return {};
}

fs::path user_file() {
    const std::string base = variable("XDG_CONFIG_HOME");
    if (!base.empty()) return fs::path(base) / "riva" / "config.toml";
    return fs::path(variable("HOME")) / ".config" / "riva" / "config.toml";
}

result<void> take_environment(agents::settings& s) {
    model_names named;
    named.all = {variable("RIVA_MODEL"), "RIVA_MODEL"};
    named.small = {variable("RIVA_SMALL"), "RIVA_SMALL"};
    named.medium = {variable("RIVA_MEDIUM"), "RIVA_MEDIUM"};
    named.large = {variable("RIVA_LARGE"), "RIVA_LARGE"};
    return take_models(s, named);
}

result<void> take_flags(agents::settings& s, const run_options& options) {
    model_names named;
    named.all = {options.model, ""};
    named.small = {options.small, "--small"};
    named.medium = {options.medium, "--medium"};
    named.large = {options.large, "--large"};
    for (const auto& spec : options.fallbacks) named.fallbacks.push_back({spec, "--fallback"});
    if (const auto done = take_models(s, named); !done) return done.error();
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
    key_variables keys;
    for (const auto& step :
         {take_user_file(s, keys, user_file()),
          take_repository_file(s, repository / "riva.toml"),
          take_environment(s),
          take_flags(s, options)})
        if (!step) return step.error();
    find_keys(s, keys);
    find_proxies(s);
    return s;
}

result<agents::settings> configure_again(
    const run_options& options,
    const std::map<std::string, std::string>& recorded,
    const std::map<std::string, std::string>& changes
) {
    agents::settings own = stored_settings();
    key_variables keys;
    if (const auto done = take_user_file(own, keys, user_file()); !done) return done.error();
    own.provider.ca_file = options.ca_file;
    auto s = agents::restore(std::move(own), recorded, changes);
    if (!s) return s.error();
    find_keys(*s, keys);
    find_proxies(*s);
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
