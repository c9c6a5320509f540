#include "shell_words.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

using namespace riva::verify;

namespace {

using commands = std::vector<std::vector<std::string>>;
using texts = std::vector<std::string>;

commands commands_of(const std::string& line) {
    const shell_analysis found = analyse_shell(line);
    INFO(line);
    CHECK(!found.too_complex);
    return found.commands;
}

bool is_too_complex(const std::string& line) {
    return analyse_shell(line).too_complex;
}

bool is_dynamic(const std::string& line) {
    return analyse_shell(line).dynamic;
}

const commands removal{{"rm", "a"}};

}  // namespace

TEST_CASE("a line is split into words as a shell does", "[shell_words]") {
    CHECK(commands_of("") == commands{});
    CHECK(commands_of("  \t ") == commands{});
    CHECK(commands_of("ls") == commands{{"ls"}});
    CHECK(commands_of("  ls\t-la  src ") == commands{{"ls", "-la", "src"}});
    CHECK(commands_of("ls # rm a") == commands{{"ls"}});
    CHECK(commands_of("echo a#b") == commands{{"echo", "a#b"}});
    CHECK(commands_of("ls \\\n-la") == commands{{"ls", "-la"}});
}

TEST_CASE("quotes keep words together and do not hide a program", "[shell_words]") {
    CHECK(commands_of("echo 'a; rm b'") == commands{{"echo", "a; rm b"}});
    CHECK(commands_of("echo \"a && b\"") == commands{{"echo", "a && b"}});
    CHECK(commands_of("echo \"a \\\" b\"") == commands{{"echo", "a \" b"}});
    CHECK(commands_of("echo 'a\\'") == commands{{"echo", "a\\"}});
    CHECK(commands_of("echo '' \"\"") == commands{{"echo", "", ""}});
    CHECK(commands_of("r''m a") == removal);
    CHECK(commands_of("r\\m a") == removal);
    CHECK(commands_of("\"rm\" a") == removal);
    CHECK(commands_of("'r'\"m\" a") == removal);
    CHECK(commands_of("'if' a") == commands{{"if", "a"}});
}

TEST_CASE("pipelines and lists are taken apart", "[shell_words]") {
    const commands both{{"ls"}, {"rm", "a"}};
    for (const std::string between : {";", "&&", "||", "|", "|&", "&", "\n", " ; ", "\n\n"})
        CHECK(commands_of("ls" + between + "rm a") == both);
    CHECK(commands_of("(ls; rm a)") == both);
    CHECK(commands_of("{ ls; rm a; }") == both);
    CHECK(commands_of("! ls && rm a") == both);
    CHECK(commands_of("if ls; then rm a; fi") == both);
    CHECK(commands_of("while ls; do rm a; done") == both);
    CHECK(commands_of("until ls; do rm a; done") == both);
    CHECK(commands_of("for f in a b; do rm a; done") == removal);
}

TEST_CASE("what a redirection writes is told apart from what it reads", "[shell_words]") {
    CHECK(analyse_shell("ls > a").written == texts{"a"});
    CHECK(analyse_shell("ls >> a 2> b").written == texts{"a", "b"});
    CHECK(analyse_shell("ls &> a").written == texts{"a"});
    CHECK(analyse_shell("ls >| 'a b'").written == texts{"a b"});
    CHECK(analyse_shell("> a").written == texts{"a"});
    CHECK(analyse_shell("ls <> a").written == texts{"a"});
    CHECK(analyse_shell("ls 2>&1").written == texts{});
    CHECK(analyse_shell("ls >&2").written == texts{});
    CHECK(analyse_shell("ls < a").written == texts{});
    CHECK(commands_of("> a rm b") == commands{{"rm", "b"}});
    CHECK(commands_of("2>a rm b") == commands{{"rm", "b"}});
    CHECK(commands_of("sort < a") == commands{{"sort"}});
    CHECK(commands_of("sort <<< a") == commands{{"sort"}});
    // To read from elsewhere is a command of its own.
    CHECK(commands_of("sort < /etc/shadow") == commands{{"cat", "/etc/shadow"}, {"sort"}});
    CHECK(is_dynamic("ls > $X"));
    CHECK(is_dynamic("ls > \"$(cat a)\""));
    CHECK(is_too_complex("ls >"));
    CHECK(is_too_complex("ls > ; rm a"));
}

TEST_CASE("substitutions are commands of their own", "[shell_words]") {
    const commands both{{"echo", "$(...)"}, {"rm", "a"}};
    CHECK(commands_of("echo $(rm a)") == both);
    CHECK(commands_of("echo `rm a`") == both);
    CHECK(commands_of("echo \"$(rm a)\"") == both);
    CHECK(commands_of("echo \"`rm a`\"") == both);
    const commands process{{"echo", "/dev/fd/63"}, {"rm", "a"}};
    CHECK(commands_of("echo <(rm a)") == process);
    CHECK(commands_of("echo >(rm a)") == process);
    CHECK(commands_of("echo '$(rm a)'") == commands{{"echo", "$(rm a)"}});
    CHECK(commands_of("echo \\$\\(rm") == commands{{"echo", "$(rm"}});
    CHECK(commands_of("echo $(echo $(rm a))").back() == removal.front());
    CHECK(commands_of("X=$(rm a)") == removal);
    CHECK(commands_of("echo $((1 + 2))") == commands{{"echo", "0"}});
    CHECK(!is_dynamic("echo $(rm a)"));
    CHECK(is_dynamic("$(rm a) b"));
    CHECK(is_dynamic("$X b"));
    CHECK(is_dynamic("rm${IFS}b"));
    CHECK(is_dynamic("r? b"));
}

TEST_CASE("a here-document is no command, but what follows it is", "[shell_words]") {
    CHECK(commands_of("cat <<E\nrm a\nE") == commands{{"cat"}});
    CHECK(commands_of("cat <<E\nrm b\nE\nrm a") == commands{{"cat"}, {"rm", "a"}});
    CHECK(commands_of("cat <<E | rm a\ntext\nE\n") == commands{{"cat"}, {"rm", "a"}});
    CHECK(commands_of("cat <<'E'\n$(rm a)\nE\n") == commands{{"cat"}});
    CHECK(commands_of("cat <<-E\n\ttext\n\tE\nrm a") == commands{{"cat"}, {"rm", "a"}});
    CHECK(is_too_complex("cat <<E\n$(rm a)\nE\n"));
    CHECK(is_too_complex("cat <<E\n`rm a`\nE\n"));
    CHECK(is_too_complex("cat <<E\ntext"));
    CHECK(is_too_complex("cat <<"));
    // Tabs are only left out for `<<-`.
    CHECK(commands_of("cat <<E\n\tE\necho '\nE\nrm a\n#'") == commands{{"cat"}, {"rm", "a"}});
}

TEST_CASE(
    "assignments are left out, and those that steer programs are not known", "[shell_words]"
) {
    CHECK(commands_of("A=1") == commands{});
    CHECK(commands_of("A=1 B='x y' rm a") == removal);
    CHECK(commands_of("echo A=1") == commands{{"echo", "A=1"}});
    CHECK(!is_dynamic("LC_ALL=C ls"));
    for (const std::string name :
         {"PATH",
          "IFS",
          "BASH_ENV",
          "LD_PRELOAD",
          "PYTHONPATH",
          "NODE_OPTIONS",
          "LESSOPEN",
          "GIT_PAGER",
          "GIT_EXTERNAL_DIFF",
          "PROMPT_COMMAND"}) {
        INFO(name);
        CHECK(is_dynamic(name + "=x ls"));
        CHECK(is_dynamic("env " + name + "=x ls"));
        CHECK(is_dynamic("env -i A=1 " + name + "=x ls"));
        CHECK(is_dynamic("export " + name + "=x"));
    }
}

TEST_CASE("wrappers that do nothing by themselves are left out", "[shell_words]") {
    for (const std::string wrapper :
         {"env",
          "env -i",
          "env -u X A=1",
          "nice",
          "nice -n 5",
          "ionice -c 3",
          "nohup",
          "time",
          "timeout 5",
          "timeout -s KILL 5",
          "timeout -k 1 5",
          "stdbuf -oL",
          "setsid",
          "command",
          "builtin",
          "exec",
          "exec -a x",
          "busybox",
          "env nice timeout 5",
          "/usr/bin/env",
          "eval"}) {
        INFO(wrapper);
        CHECK(commands_of(wrapper + " rm a") == removal);
    }
    CHECK(commands_of("command -v rm") == commands{{"command", "-v", "rm"}});
    CHECK(commands_of("eval 'ls; rm a'") == commands{{"ls"}, {"rm", "a"}});
    CHECK(commands_of("trap 'rm a' EXIT") == removal);
    CHECK(is_dynamic("env -S 'rm a'"));
    CHECK(is_dynamic("env -i -S 'rm a'"));
    CHECK(is_dynamic("env --split-string='rm a'"));
    CHECK(is_dynamic("parallel"));
    // A program of the repository may have the name of a wrapper.
    CHECK(commands_of("./env rm a") == commands{{"./env", "rm", "a"}});
}

TEST_CASE("wrappers that do more stay, with what they run", "[shell_words]") {
    CHECK(commands_of("sudo rm a") == commands{{"sudo", "rm", "a"}, {"rm", "a"}});
    CHECK(commands_of("sudo -u root rm a").back() == removal.front());
    CHECK(commands_of("doas rm a").back() == removal.front());
    CHECK(commands_of("su -c 'rm a'").back() == removal.front());
    CHECK(commands_of("chroot /mnt rm a").back() == removal.front());
    CHECK(commands_of("valgrind rm a").back() == removal.front());
    CHECK(commands_of("poetry run rm a").back() == removal.front());
    CHECK(commands_of("xargs rm") == commands{{"rm", "{}"}});
    CHECK(commands_of("xargs -n 1 -P 4 rm -f") == commands{{"rm", "-f", "{}"}});
    CHECK(commands_of("ls | xargs sh -c 'rm a'") == commands{{"ls"}, {"rm", "a"}});
    CHECK(is_dynamic("xargs -I{} {}"));
}

TEST_CASE("the line that a shell is given is taken apart", "[shell_words]") {
    for (const std::string shell :
         {"sh -c",
          "bash -c",
          "bash -lc",
          "bash -e -c",
          "bash -c -e",
          "bash -eo pipefail -c",
          "bash -euo pipefail -c",
          "bash -o pipefail -c",
          "bash +x -c",
          "bash --norc -c",
          "bash --rcfile x -c",
          "/bin/sh -c",
          "env bash -c",
          "bash -c --"}) {
        INFO(shell);
        CHECK(commands_of(shell + " 'rm a'") == removal);
        CHECK(commands_of(shell + " 'ls; rm a' x y") == commands{{"ls"}, {"rm", "a"}});
    }
    CHECK(commands_of("sh -c \"sh -c 'rm a'\"") == removal);
    CHECK(commands_of("bash script.sh -c 'rm a'") == commands{{"bash", "script.sh", "-c", "rm a"}});
    CHECK(is_dynamic("sh -c"));
    CHECK(is_dynamic("sh -c \"$X\""));
}

TEST_CASE("what find runs is taken apart", "[shell_words]") {
    CHECK(commands_of("find . -exec rm {} +").back() == std::vector<std::string>{"rm", "."});
    CHECK(commands_of("find src -exec rm {} \\;").back() == std::vector<std::string>{"rm", "src"});
    CHECK(commands_of("find / -exec rm {} \\;").back() == std::vector<std::string>{"rm", "{}"});
    CHECK(commands_of("find src / -ok rm {} \\;").back() == std::vector<std::string>{"rm", "{}"});
    CHECK(commands_of("find -execdir sh -c 'rm a' \\;").back() == removal.front());
    CHECK(commands_of("find . -exec ls {} + -exec rm a \\;").back() == removal.front());
    CHECK(commands_of("find . -name a").size() == 1);
    CHECK(is_dynamic("find . -exec {} \\;"));
}

TEST_CASE("a git alias stays a word of git", "[shell_words]") {
    CHECK(commands_of("git -c alias.x='!rm a' x") == commands{{"git", "-c", "alias.x=!rm a", "x"}});
}

TEST_CASE("what cannot be followed is too complex", "[shell_words]") {
    for (const std::string line :
         {"echo 'a",
          "echo \"a",
          "echo `a",
          "echo $(a",
          "echo ${a",
          "echo \\",
          "(ls",
          "ls)",
          "f() { ls; }",
          "function f { ls; }",
          "case a in a) ls;; esac",
          "alias ls='rm a'",
          "select a in b; do ls; done",
          "echo $'a'",
          "ls\rrm a",
          "ls\r\n",
          "echo ${a:-$(rm a)}",
          "echo {a,b}",
          "cat /etc/{shadow,passwd}",
          "echo {1..3}",
          ":(){ :|:& };:"}) {
        INFO(line);
        CHECK(is_too_complex(line));
    }
    CHECK(is_too_complex(std::string("ls\0rm a", 7)));
    CHECK(!is_too_complex("echo '{a,b}' {} {a} a,b 1..3"));
}

TEST_CASE("a line over the budget of the parser is too complex", "[shell_words]") {
    CHECK(is_too_complex("echo " + std::string(64 * 1024, 'a')));
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "true;";
    CHECK(is_too_complex(many));
    std::string deep = "rm a";
    for (int i = 0; i < 20; ++i) deep = "eval " + deep;
    CHECK(is_too_complex(deep));
}

TEST_CASE("a command without a shell keeps its words", "[shell_words]") {
    CHECK(
        analyse_command({"echo", "a; rm b", "$(rm b)"}).commands ==
        commands{{"echo", "a; rm b", "$(rm b)"}}
    );
    CHECK(analyse_command({"sh", "-c", "ls; rm a"}).commands == commands{{"ls"}, {"rm", "a"}});
    CHECK(analyse_command({"env", "rm", "a"}).commands == removal);
    CHECK(analyse_command({}).commands == commands{});
}
