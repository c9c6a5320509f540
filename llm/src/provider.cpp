#include <riva/llm/provider.hpp>

#include "governed_model.hpp"
#include "hedged_model.hpp"
#include "http_transport.hpp"
#include "loopback.hpp"
#include "proxy.hpp"

#include <riva/llm/error.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace riva::llm {
namespace {

/// Why the key must not be sent there; nothing when it may, or when there is none.
std::optional<error> key_objection(
    const std::string& key, const http_origin& origin, const std::string& key_name
) {
    if (key.empty()) return std::nullopt;
    const bool visible = std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!visible)
        return error{
            errc::invalid_spec,
            "the key in " + key_name + " holds blanks or control characters; set it again"
        };
    if (origin.tls || is_loopback(origin.host)) return std::nullopt;
    return error{
        errc::invalid_spec,
        "the key in " + key_name + " is not sent to " + origin.host +
            " over plain http, where anyone on the way could read it; use https, or unset the key"
    };
}

result<governed_side> make_governed(const model_spec& spec, provider_options options) {
    const dialect* format = find_dialect(spec.dialect);
    if (format == nullptr)
        return error{errc::invalid_spec, "there is no dialect '" + spec.dialect + "'"};
    auto base = parse_base_url(spec.base_url);
    if (!base) return base.error();
    auto& [origin, path] = *base;
    const std::string key_name = spec.key_env.empty() ? "the settings" : spec.key_env;
    if (auto why = key_objection(options.key, origin, key_name)) return *why;
    const std::string name = spec.dialect + ":" + spec.model;
    const std::string place = name + " at " + spec.base_url;
    endpoint to{
        .format = *format,
        .server = profile_of(spec.dialect, origin.host, spec.model),
        .origin = origin,
        .path = path,
        .model = spec.model,
        .said_by = {place, key_name},
        .provider = place,
        .key = options.key,
        .longest_pause = 5 * options.limits.idle,
    };
    if (!options.governors) options.governors = std::make_shared<governors>();
    if (const auto proxy = proxy_for(origin, options.proxies); !proxy) return proxy.error();
    http_client client(options.limits, options.ca_file, options.proxies);
    asked_endpoint asked{name, place, to.server, options.key};
    governed_side made;
    made.governor = options.governors->of({spec.base_url, name, options.key});
    made.model = std::make_unique<governed_model>(
        std::move(asked),
        std::make_unique<http_transport>(std::move(to), std::move(client)),
        made.governor
    );
    return made;
}

}  // namespace

result<std::unique_ptr<model>> make_model(const model_spec& spec, provider_options options) {
    auto made = make_governed(spec, std::move(options));
    if (!made) return made.error();
    return std::move(made->model);
}

result<std::unique_ptr<model>> make_hedged_model(
    const model_spec& first,
    provider_options first_options,
    const model_spec& second,
    provider_options second_options
) {
    if (first.base_url == second.base_url)
        return error{
            errc::invalid_spec,
            "a model cannot be hedged by one at the same endpoint, " + first.base_url +
                ", which would be as slow; name one elsewhere"
        };
    auto leading = make_governed(first, std::move(first_options));
    if (!leading) return leading.error();
    auto hedging = make_governed(second, std::move(second_options));
    if (!hedging) return hedging.error();
    return std::make_unique<hedged_model>(std::move(*leading), std::move(*hedging));
}

}  // namespace riva::llm
