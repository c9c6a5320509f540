#include "risk.hpp"

#include "median.hpp"
#include "processor_time.hpp"
#include "risk_commands.hpp"

#include <riva/runtime/action.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <utility>

namespace riva::bench {
namespace {

namespace json = boost::json;

/// A line made of one unit as often as it fits.
struct endless_line {
    std::string_view shape;
    std::string_view begin;
    std::string_view unit;
    std::string_view end;
};

constexpr std::array endless_lines{
    endless_line{"list", "true", " && make -s check_parser ", "; true"},
    endless_line{"pipeline", "cat src/a.txt", " | sort -u -k2,2", " | wc -l"},
    endless_line{"paths", "wc -l", " src/parser/rules.cpp", ""},
    endless_line{"quoted text", "git commit -m '", "Say what is missing. ", "'"},
    endless_line{"here-document", "cat > a.txt <<'END'\n", "name = \"value\"\n", "END\n"},
    endless_line{"substitutions", "echo", " $(git rev-parse HEAD)", ""},
};

action shell(std::string line) {
    return run_command{{"sh", "-c", std::move(line)}, {}};
}

action of_length(const endless_line& line, std::size_t length) {
    std::string text(line.begin);
    while (text.size() + line.unit.size() + line.end.size() <= length) text += line.unit;
    text += line.end;
    return shell(std::move(text));
}

std::size_t length_of(const action& a) {
    return std::get<run_command>(a).argv.back().size();
}

/// Nanoseconds of one pass, for each classification.
double classify(const action& a, std::size_t rounds) {
    std::size_t layers = 0;
    const double start = processor_ns();
    for (std::size_t i = 0; i < rounds; ++i) layers += verify::assess_risk(a).layers.size();
    const double took = processor_ns() - start;
    return layers > 0 ? took / static_cast<double>(rounds) : 0;
}

double measure_action(const action& a, std::size_t rounds, std::size_t passes) {
    std::vector<double> took(passes);
    for (double& each : took) each = classify(a, rounds);
    return median(std::move(took));
}

risk_figures::growth measure_growth(const endless_line& line, const risk_plan& plan) {
    risk_figures::growth found{line.shape};
    for (std::size_t i = 0; i < risk_figures::lengths.size(); ++i) {
        const action a = of_length(line, risk_figures::lengths[i]);
        const std::size_t shorter = risk_figures::lengths[i] / risk_figures::lengths[0];
        const double ns = measure_action(a, plan.rounds / shorter + 1, plan.passes);
        found.ns_per_character[i] = ns / static_cast<double>(length_of(a));
    }
    return found;
}

}  // namespace

risk_figures measure_risk(const risk_plan& plan) {
    risk_figures figures;
    double sum = 0;
    for (const auto& [shape, line] : sample_commands) {
        const action a = shell(std::string(line));
        const double ns = measure_action(a, plan.rounds, plan.passes);
        sum += ns;
        figures.commands.push_back({shape, line.size(), verify::assess_risk(a).level, ns});
    }
    figures.ns = sum / static_cast<double>(figures.commands.size());
    for (const auto& line : endless_lines) figures.growths.push_back(measure_growth(line, plan));
    return figures;
}

std::string to_table(const risk_plan& plan, const risk_figures& figures) {
    std::array<char, 160> row{};
    const auto print = [&row](const char* format, auto... values) {
        std::snprintf(row.data(), row.size(), format, values...);
        return std::string(row.data());
    };
    std::string table = print(
        "%zu commands  %zu rounds  median of %zu passes\ncpu   %.0f ns per classification\n\n"
        "command          characters  level       ns\n",
        figures.commands.size(),
        plan.rounds,
        plan.passes,
        figures.ns
    );
    for (const auto& c : figures.commands)
        table += print(
            "%-16s %10zu  %-7s %6.0f\n",
            std::string(c.shape).c_str(),
            c.characters,
            std::string(to_string(c.level)).c_str(),
            c.ns
        );
    const auto& lengths = risk_figures::lengths;
    table += print(
        "\nns per character %6zu  %6zu  %6zu characters\n", lengths[0], lengths[1], lengths[2]
    );
    for (const auto& g : figures.growths)
        table += print(
            "%-16s %6.1f  %6.1f  %6.1f\n",
            std::string(g.shape).c_str(),
            g.ns_per_character[0],
            g.ns_per_character[1],
            g.ns_per_character[2]
        );
    return table;
}

std::string to_json(const risk_plan& plan, const risk_figures& figures) {
    json::array commands;
    for (const auto& c : figures.commands)
        commands.push_back(json::object{
            {"shape", c.shape},
            {"characters", c.characters},
            {"level", to_string(c.level)},
            {"ns", c.ns}
        });
    json::array growths;
    for (const auto& g : figures.growths)
        growths.push_back(json::object{
            {"shape", g.shape},
            {"ns_per_character",
             json::array{g.ns_per_character[0], g.ns_per_character[1], g.ns_per_character[2]}}
        });
    const json::object line{
        {"rounds", plan.rounds},
        {"passes", plan.passes},
        {"ns", figures.ns},
        {"commands", std::move(commands)},
        {"growths", std::move(growths)},
    };
    return json::serialize(line) + "\n";
}

}  // namespace riva::bench
