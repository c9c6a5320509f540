#include "processes.hpp"
#include "sandbox_fixture.hpp"
#include "staged_sample.hpp"

namespace asio = boost::asio;
namespace fs = std::filesystem;
using riva::deadline;
using riva::sandbox;
using riva::workspace;
using riva::test::children;
using riva::test::processes_with;
using riva::test::run;
using riva::test::run_and_cancel_after;
using riva::test::script;
using riva::test::staged_sample;
using riva::test::temporary_folder;
using riva::test::tree_of;
using riva::test::tree_with_modes;
using riva::test::unique_span;

namespace {

struct staged_command {
    fs::path repository;
    fs::path folder;
    std::string script;
};

/// Stages a repository, runs a command in it, and applies what it changed to the repository.
asio::awaitable<void> run_and_apply(
    staged_command what, sandbox& isolated, asio::any_io_executor blocking
) {
    auto staged = co_await workspace::stage(what.repository, what.folder, blocking);
    workspace w = std::move(staged).value();
    auto command = script(w.root(), what.script);
    command.read_only = {".git"};
    const auto ended = co_await isolated.run(command, deadline::in(std::chrono::minutes(2)));
    INFO(ended.value().errors.head);
    CHECK(ended.value().exit_code == 0);
    const auto discarded = co_await w.discard_ignored();
    CHECK(discarded.has_value());
    const auto changes = co_await w.changes();
    const auto applied =
        co_await riva::apply(changes.value(), w.objects(), what.repository, blocking);
    INFO((applied ? "" : applied.error().context));
    CHECK(applied.has_value());
    co_await w.close();
}

}  // namespace

TEST_CASE("workspace undoes what a command in a sandbox did", "[workspace][sandbox]") {
    SKIP_WITHOUT_BUBBLEWRAP();
    staged_sample sample;
    sample.write("a.py", "a = 1\n");
    sample.write("folder/b.py", "b = 1\n");
    fs::create_symlink("a.py", sample.repository() / "link");
    const auto isolated = riva::make_bubblewrap_sandbox();
    sample.use([&](workspace& w) -> asio::awaitable<void> {
        const auto before = tree_with_modes(w.root());
        const auto snapshot = co_await w.take_snapshot();
        const auto ended = co_await isolated->run(
            script(
                w.root(),
                "chmod 000 a.py; rm -r folder; ln -sfn /etc link; mkfifo fifo; mkdir -p new/deep; "
                "echo x > new/deep/file; ln new/deep/file hard; chmod 000 new; echo done"
            ),
            deadline::in(std::chrono::minutes(2))
        );
        CHECK(ended.value().output.head == "done\n");
        CHECK(tree_with_modes(w.root()) != before);
        const auto back = co_await w.roll_back(snapshot.value());
        CHECK(back.has_value());
        CHECK(tree_with_modes(w.root()) == before);
    });
}

TEST_CASE(
    "workspace, command and apply work in a repository with any name", "[workspace][sandbox][apply]"
) {
    SKIP_WITHOUT_BUBBLEWRAP();
    const temporary_folder folder;
    const std::string name = "my repo \"é日本\" $HOME 'x' -n";
    folder.write(name + "/src dir/größe.py", "x = 1\n");
    folder.write(name + "/-rf", "no option\n");
    asio::thread_pool pool(2);
    const auto isolated = riva::make_bubblewrap_sandbox();
    const staged_command what{
        folder / name,
        folder / "run\nof 'riva'",
        "sed -i s/1/2/ 'src dir/größe.py'; mkdir 'ö ö'; echo new > 'ö ö/\"new\"'; rm ./-rf",
    };
    run([&] { return run_and_apply(what, *isolated, pool.get_executor()); });
    pool.join();
    const std::map<std::string, std::string> expected = {
        {"src dir/", ""},
        {"src dir/größe.py", "x = 2\n"},
        {"ö ö/", ""},
        {"ö ö/\"new\"", "new\n"},
    };
    CHECK(tree_of(folder / name) == expected);
}

TEST_CASE(
    "workspace, command and apply cancelled at any step leave no process and a whole tree",
    "[workspace][sandbox][apply]"
) {
    SKIP_WITHOUT_BUBBLEWRAP();
    const std::string span = unique_span();
    asio::thread_pool pool(2);
    const auto isolated = riva::make_bubblewrap_sandbox();
    const std::map<std::string, std::string> before = {{"a", "1\n"}, {"b", "1\n"}, {"c", "1\n"}};
    const std::map<std::string, std::string> after = {{"a", "2\n"}, {"b", "2\n"}, {"d", "2\n"}};
    std::size_t steps = 0;
    for (bool cut_off = true; cut_off; ++steps) {
        const temporary_folder folder;
        for (const auto& [name, content] : before) folder.write("user/" + name, content);
        const staged_command what{
            folder / "user",
            folder / "run",
            "echo 2 > a; echo 2 > b; rm c; echo 2 > d; setsid sleep " + span + " & sleep 0.02",
        };
        cut_off = run_and_cancel_after(
            [&] { return run_and_apply(what, *isolated, pool.get_executor()); }, steps
        );
        const auto tree = tree_of(folder / "user");
        REQUIRE((tree == after || (cut_off && tree == before)));
        REQUIRE(processes_with(span).empty());
        REQUIRE(children().empty());
        REQUIRE_FALSE(fs::exists(folder / "run/tree"));
        REQUIRE(steps < 1000);
    }
    pool.join();
    CHECK(steps > 10);
}
