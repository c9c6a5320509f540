#include "commands.hpp"
#include "configuration.hpp"
#include "terminal_text.hpp"

#include <riva/agents/trust.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <optional>
#include <string>

namespace riva::cli {
namespace {

namespace json = boost::json;

json::value missing_json(const std::optional<std::int64_t>& missing) {
    if (!missing) return nullptr;
    return *missing;
}

json::array accounts_json(const verify::trust_class_description& c) {
    json::array all;
    for (const auto& a : c.accounts)
        all.push_back(json::object{
            {"theta", a.theta}, {"delta", a.delta}, {"log_bound", a.log_bound}, {"bound", a.bound}
        });
    return all;
}

json::array patterns_json(const verify::trust_class_description& c) {
    json::array all;
    for (const auto& p : c.patterns)
        all.push_back(json::object{
            {"pattern", p.pattern}, {"clean", p.clean}, {"missing", missing_json(p.missing)}
        });
    return all;
}

json::object class_json(const verify::trust_class_description& c) {
    json::object told{
        {"risk", verify::to_string(c.risk)},
        {"epsilon", c.epsilon},
        {"delivered", c.delivered},
        {"skipped", c.skipped},
        {"audited", c.audited},
        {"caught", c.caught},
        {"open_audits", c.open_audits},
        {"bound", c.bound},
        {"bound_with_misses", c.bound_with_misses},
        {"allowance", c.allowance},
        {"next_probability", c.next_probability},
        {"missing", missing_json(c.missing)}
    };
    told["accounts"] = accounts_json(c);
    told["patterns"] = patterns_json(c);
    return told;
}

void print_json(const std::string& repository, const agents::trust_report& report) {
    const auto& s = report.trust.settings;
    json::object line{
        {"repository", repository}, {"judges", report.judges}, {"verifiers", report.verifiers}
    };
    line["settings"] = json::object{
        {"mode", verify::to_string(s.mode)},
        {"epsilon", s.epsilon},
        {"delta", s.delta},
        {"start_up", s.start_up},
        {"allowance", verify::to_string(s.allowance)},
        {"least_audit", s.least_audit},
        {"most_audit", s.most_audit},
        {"clean_before_skip", s.clean_before_skip},
        {"clean_after_failure", s.clean_after_failure},
        {"sensitivity", s.sensitivity}
    };
    line["canaries"] = json::object{
        {"tried", report.canaries.tried},
        {"caught", report.canaries.caught},
        {"measured", report.canaries.sensitivity().has_value()}
    };
    json::array classes;
    for (const auto& c : report.trust.classes) classes.push_back(class_json(c));
    line["classes"] = std::move(classes);
    std::printf("%s\n", json::serialize(line).c_str());
}

std::string missing_text(const std::optional<std::int64_t>& missing) {
    if (!missing) return "never skipped with these settings";
    if (*missing == 0) return "may be skipped now";
    return std::to_string(*missing) + " clean verifications missing until a skip";
}

void print_class(const verify::trust_class_description& c, bool verbose) {
    std::printf(
        "  %s risk: %lld delivered, %lld skipped, %lld audited, %lld caught, %lld audits open\n",
        std::string(verify::to_string(c.risk)).c_str(),
        static_cast<long long>(c.delivered),
        static_cast<long long>(c.skipped),
        static_cast<long long>(c.audited),
        static_cast<long long>(c.caught),
        static_cast<long long>(c.open_audits)
    );
    std::printf(
        "    escaped at most %.2f, with misses %.2f, of %.2f allowed\n"
        "    next trusted action: verified with a probability of %.1f %%; %s\n",
        c.bound,
        c.bound_with_misses,
        c.allowance,
        c.next_probability * 100,
        missing_text(c.missing).c_str()
    );
    if (verbose)
        for (const auto& a : c.accounts)
            std::printf(
                "    account theta %.6g, delta %.6g: at most %.2f escaped\n",
                a.theta,
                a.delta,
                a.bound
            );
    for (const auto& p : c.patterns)
        std::printf(
            "    %s: %d clean in a row, %s\n",
            printable(p.pattern).c_str(),
            p.clean,
            missing_text(p.missing).c_str()
        );
}

void print_settings(const verify::trust_settings& s) {
    std::printf(
        "mode %s: epsilon %g, delta %g, start-up %lld, %s, audits %g to %g, sensitivity %g\n",
        std::string(verify::to_string(s.mode)).c_str(),
        s.epsilon,
        s.delta,
        static_cast<long long>(s.start_up),
        std::string(verify::to_string(s.allowance)).c_str(),
        s.least_audit,
        s.most_audit,
        s.sensitivity
    );
    if (s.mode != verify::trust_mode::certified)
        std::printf("The figures below are those of the mode certified, which is not in use.\n");
}

/// What the bound is divided by, and where that comes from.
void print_sensitivity(const agents::trust_report& report) {
    const auto& canaries = report.canaries;
    std::printf(
        "  sensitivity %.2f, %s: %lld of %lld faults put in on purpose were caught\n",
        report.trust.settings.sensitivity,
        canaries.sensitivity() ? "measured" : "as set",
        static_cast<long long>(canaries.caught),
        static_cast<long long>(canaries.tried)
    );
}

void print_text(const agents::trust_report& report, bool verbose) {
    std::printf("judged by %s\n", printable(report.judges).c_str());
    print_sensitivity(report);
    for (const auto& c : report.trust.classes) print_class(c, verbose);
}

}  // namespace

exit_code carry_out(const trust_options& options) {
    const auto repository = options.run.repository.empty()
                                ? git_root(std::filesystem::current_path())
                                : options.run.repository;
    const auto settings = configure(options.run, repository);
    if (!settings) return complain(settings.error());
    const auto found = agents::describe_trust(*settings, repository);
    if (!found) return complain(found.error());
    const std::string name = std::filesystem::canonical(repository).string();
    if (!options.run.json) print_settings(settings->trust);
    if (found->empty())
        std::fprintf(
            stderr,
            "Nothing is recorded yet about %s; everything is verified until runs have shown that "
            "it works.\n",
            printable(name).c_str()
        );
    for (const auto& report : *found)
        options.run.json ? print_json(name, report) : print_text(report, options.verbose);
    return exit_code::verified;
}

}  // namespace riva::cli
