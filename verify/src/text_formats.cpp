#include "command_evidence.hpp"
#include "syntax_tools.hpp"

#include <string_view>
#include <utility>

// Python reads these formats well and is there anyway. In the sandbox, because a file may be made
// to exhaust a parser.
namespace riva::verify {
namespace {

/// What all three begin with: `data`, and how to say what was found.
constexpr std::string_view beginning = R"py(
import sys
name = sys.argv[1]
def cannot_tell(why):
    print(why)
    sys.exit(2)
with open(name, 'rb') as file:
    data = file.read(16 * 1024 * 1024 + 1)
if len(data) > 16 * 1024 * 1024:
    cannot_tell('the file is too large')
def reject(place, why):
    if any(sign in data for sign in (b'{{', b'{%', b'<%', b'<?php')):
        cannot_tell('it looks like a template: ' + str(why))
    print('rejected: ' + name + place + ': ' + ' '.join(str(why).split()))
    sys.exit(1)
)py";

constexpr std::string_view toml = R"py(
import tomllib
try:
    tomllib.loads(data.removeprefix(b'\xef\xbb\xbf').decode())
except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
    reject('', e)
except RecursionError:
    cannot_tell('it is nested too deeply to be parsed')
)py";

// Events build nothing, so that aliases cannot be made to multiply.
constexpr std::string_view yaml = R"py(
import yaml
anchors = set()
try:
    for event in yaml.parse(data, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
        anchor = getattr(event, 'anchor', None)
        if isinstance(event, yaml.DocumentStartEvent):
            anchors.clear()
        elif isinstance(event, yaml.AliasEvent) and anchor not in anchors:
            reject(':%d' % (event.start_mark.line + 1), 'unknown alias ' + anchor)
        elif anchor:
            anchors.add(anchor)
except yaml.MarkedYAMLError as e:
    mark = e.problem_mark or e.context_mark
    reject(':%d:%d' % (mark.line + 1, mark.column + 1) if mark else '', e.problem or e)
except yaml.YAMLError as e:
    reject('', e)
except (RecursionError, MemoryError):
    cannot_tell('it is nested too deeply to be parsed')
)py";

// Without a handler expat opens no external entity. It limits what internal ones expand to.
constexpr std::string_view xml = R"py(
from xml.parsers import expat
parser = expat.ParserCreate()
try:
    parser.Parse(data, True)
except expat.ExpatError as e:
    why = expat.ErrorString(e.code)
    if 'encoding' in why or 'limit' in why or 'memory' in why:
        cannot_tell(why)
    reject(':%d:%d' % (e.lineno, e.offset + 1), why)
except (ValueError, LookupError) as e:
    cannot_tell(e)
)py";

std::string missing_module(std::string_view errors) {
    if (errors.find("No module named 'yaml'") != std::string_view::npos)
        return not_installed("yaml");
    if (errors.find("No module named 'tomllib'") != std::string_view::npos)
        return "python3 is too old to read TOML: version 3.11 or newer is needed";
    return {};
}

void review(evidence& e, const judged_command& run) {
    constexpr std::string_view sign = "rejected: ";
    if (e.exit_code == 1 && run.output.starts_with(sign)) {
        e.detail = last_line(run.output).substr(sign.size());
        return;
    }
    std::string why = missing_module(run.errors);
    if (why.empty()) why = "cannot tell: " + (e.exit_code == 2 ? last_line(run.output) : e.detail);
    retract(e, verdict::indeterminate, std::move(why));
}

asio::awaitable<evidence> parse_with(
    source_task task, std::string_view format, std::string program, deadline by
) {
    judging_command command;
    command.grade = evidence_grade::statically;
    const std::string file = task.files.front();
    command.argv = {"python3", "-I", "-c", std::string(beginning) + std::move(program), file};
    command.shown = "python3 # parse " + std::string(format) + ": " + shell_word(file);
    judged_command run = co_await run_and_judge(
        *task.where, std::move(task.traits), std::move(task.input), std::move(command), by
    );
    evidence found = run.found;
    if (found.result == verdict::fail) review(found, run);
    co_return found;
}

}  // namespace

asio::awaitable<evidence> judge_toml(source_task task, deadline by) {
    return parse_with(std::move(task), "TOML", std::string(toml), by);
}

asio::awaitable<evidence> judge_yaml(source_task task, deadline by) {
    return parse_with(std::move(task), "YAML", std::string(yaml), by);
}

asio::awaitable<evidence> judge_xml(source_task task, deadline by) {
    return parse_with(std::move(task), "XML", std::string(xml), by);
}

}  // namespace riva::verify
