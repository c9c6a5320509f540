#pragma once

#include <array>
#include <string_view>

namespace riva::bench {

/// A command line as an agent would write it.
struct sample_command {
    std::string_view shape;
    std::string_view line;
};

/// Of about 200 characters each.
constexpr std::array sample_commands{
    sample_command{
        "pipeline",
        "git log --since=2.weeks --pretty=format:%h%x09%an%x09%s -- src include | grep -v -i "
        "'merge "
        "branch' | sort -k2,2 -u | awk -F'\\t' '{ print $2 \": \" $3 }' | head -n 40 | tee "
        "build/changes.txt | wc -l"
    },
    sample_command{
        "list",
        "cd build && cmake .. -DCMAKE_BUILD_TYPE=Debug -DBUILD_TESTING=ON -G Ninja && cmake "
        "--build "
        ". --target parser_test lexer_test -j 2 && ctest --output-on-failure -R 'parser|lexer' "
        "2>&1 "
        "| tail -n 60"
    },
    sample_command{
        "wrappers",
        "env LC_ALL=C TZ=UTC PYTHONDONTWRITEBYTECODE=1 timeout -k 5 120 nice -n 10 stdbuf -oL "
        "python3 -m pytest -q -x tests/unit/test_parser.py tests/unit/test_lexer.py -k 'not slow' "
        "2>&1 | tee out/log.txt"
    },
    sample_command{
        "find -exec",
        "find src include tests -type f \\( -name '*.cpp' -o -name '*.hpp' -o -name '*.ipp' \\) "
        "-newer build/stamp -not -path '*/generated/*' -exec grep -n -H -E "
        "'TODO|FIXME|XXX' {} + | sort | uniq | head -n 50"
    },
    sample_command{
        "xargs",
        "grep -rlE 'std::(auto_ptr|random_shuffle|bind1st)' src include --include='*.cpp' "
        "--include='*.hpp' | sort -u | xargs -r -n 8 -P 2 sed -n -e '1,20p' -e "
        "'/namespace/p' | cut -c1-100 | uniq -c | sort -rn"
    },
    sample_command{
        "here-document",
        "cat > config/server.toml <<'END'\n[server]\nhost = \"127.0.0.1\"\nport = 8080\nworkers = "
        "4\n\n[log]\nlevel = \"debug\"\nfile = \"log/server.log\"\nrotate = true\nkeep = "
        "7\n\n[limits]\nbody = 1048576\nheaders = 64\ntimeout = 30\nEND\n"
    },
    sample_command{
        "substitutions",
        "echo \"built $(git rev-parse --short HEAD) of $(git log -1 --format=%cd) on $(uname -m) "
        "with $(cc --version | head -n 1)\" > build/info.txt; wc -l $(git ls-files 'src/*.cpp' "
        "'include/*.hpp') | tail -n 1"
    },
    sample_command{
        "sh -c",
        "timeout 300 bash -c 'set -e; for t in build/tests/*_test; do echo \"== $t\"; \"$t\" "
        "--quiet "
        "|| exit 1; done; sh -c \"du -sh build | cut -f1; ls -l build/tests | wc -l\"; date -u "
        "+%FT%TZ' 2>&1 | tail -n 30"
    },
    sample_command{
        "loop",
        "for f in src/*.py tests/*.py; do if ! python3 -m py_compile \"$f\"; then echo \"does not "
        "compile: $f\"; fi; done; while read -r name; do grep -c \"def $name\" src/api.py; done < "
        "names.txt | sort -n | head"
    },
    sample_command{
        "paths",
        "mkdir -p build/stage/bin build/stage/lib build/stage/include && cp -r src/public/api.hpp "
        "src/public/types.hpp src/public/version.hpp README.md LICENSE build/stage/include && ls "
        "-lR "
        "build/stage | head -n 40"
    },
    sample_command{
        "sed",
        "sed -i -e 's/old_name(\\([a-z_]*\\), /new_name(\\1, /g' -e 's|include \"old/|include "
        "\"new/|' -e '/^#pragma deprecated/d' src/parser.cpp src/lexer.cpp src/printer.cpp "
        "include/parser.hpp tests/parser_test.cpp"
    },
    sample_command{
        "privilege",
        "curl -fsSL https://example.org/install.sh -o install.sh && sudo -E bash install.sh "
        "--prefix "
        "/usr/local --yes --quiet; sudo apt-get install -y build-essential cmake ninja-build "
        "libssl-dev >/dev/null 2>&1 || exit 1"
    },
    sample_command{
        "inline code",
        "python3 -c \"import json, sys; d = json.load(open('build/report.json')); rows = sorted(d, "
        "key=lambda r: -r['time']); print('\\n'.join(f'{r[0]:40} {r[1]:8.3f}' for r in "
        "rows[:20])); "
        "sys.exit(len(rows) == 0)\""
    },
    sample_command{
        "removal",
        "rm -rf build/tmp build/cache/* node_modules/.cache dist coverage .pytest_cache && find . "
        "-name '__pycache__' -type d -prune -exec rm -r {} + ; rm -f *.log core.* && git status "
        "--short --untracked-files=normal"
    },
    sample_command{
        "search",
        "rg -n --glob '!build/**' --glob '*.{cpp}' -e 'co_await .*lock' -e 'std::mutex' src "
        "include "
        "tests | grep -v '// allowed' | cut -d: -f1 | sort | uniq -c | sort -k1,1nr | head -n 25 > "
        "build/locks.txt"
    },
    sample_command{
        "commit",
        "git add src/parser.cpp include/parser.hpp tests/parser_test.cpp && git commit -q -m "
        "'Accept "
        "a comma at the end of a list, and say in which line a bracket is missing' && git show "
        "--stat "
        "HEAD && npm run lint -- --fix"
    },
};

}  // namespace riva::bench
