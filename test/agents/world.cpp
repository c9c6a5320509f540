#include "world.hpp"

#include "run.hpp"

#include <riva/memory/sqlite_journal.hpp>
#include <riva/runtime/sandbox.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstdio>
#include <filesystem>
#include <thread>

namespace riva::test {

namespace json = boost::json;

namespace {

json::object empty_action(std::string_view type) {
    json::object a;
    a["type"] = type;
    for (const char* name :
         {"path", "content", "edits", "argv", "command", "cwd", "query", "pattern"})
        a[name] = nullptr;
    return a;
}

struct to_object {
    json::object operator()(const create_file& a) const {
        json::object o = empty_action("create");
        o["path"] = a.path;
        o["content"] = a.content;
        return o;
    }
    json::object operator()(const edit_file& a) const {
        json::object o = empty_action("edit");
        json::array edits;
        for (const auto& r : a.replacements)
            edits.push_back({{"find", r.find}, {"replace", r.replace}});
        o["path"] = a.path;
        o["edits"] = std::move(edits);
        return o;
    }
    json::object operator()(const delete_file& a) const {
        json::object o = empty_action("delete");
        o["path"] = a.path;
        return o;
    }
    json::object operator()(const run_command& a) const {
        json::object o = empty_action("command");
        o["argv"] = json::array(a.argv.begin(), a.argv.end());
        if (!a.cwd.empty()) o["cwd"] = a.cwd;
        return o;
    }
    json::object operator()(const query& a) const {
        json::object o = empty_action("query");
        o["query"] = to_string(a.kind);
        o["path"] = a.path;
        o["pattern"] = a.pattern;
        return o;
    }
};

json::array replies_of(const std::vector<std::string>& texts) {
    json::array replies;
    for (const auto& text : texts) replies.push_back({{"text", text}});
    return replies;
}

}  // namespace

std::string propose(const action& what, bool done, std::string_view thought) {
    json::object answer;
    answer["thought"] = thought;
    answer["action"] = std::visit(to_object{}, what);
    answer["expectation"] = "The acceptance holds.";
    answer["done"] = done;
    return json::serialize(answer);
}

std::string plan(const std::vector<planned>& parts) {
    json::array children;
    for (const auto& part : parts) {
        json::object child{
            {"what", part.what}, {"acceptance", "as it says"}, {"paths", json::array()}
        };
        child["check"] = part.check.empty() ? json::value() : json::value(part.check);
        child["needs"] = json::array(part.needs.begin(), part.needs.end());
        children.push_back(std::move(child));
    }
    return json::serialize(
        json::object{{"reason", "It has parts."}, {"children", std::move(children)}}
    );
}

std::string rule_about(std::string_view about, const std::vector<std::string>& actions) {
    json::object match{{"purpose", "riva_action"}};
    if (!about.empty()) match["contains"] = json::array{about};
    return json::serialize(json::object{{"match", match}, {"replies", replies_of(actions)}});
}

std::string rule_for_model(
    std::string_view model, const std::vector<std::string>& answers, std::string_view fault
) {
    json::object rule{{"match", {{"model", model}}}, {"replies", replies_of(answers)}};
    if (!fault.empty()) rule["fault"] = json::parse(json::string_view(fault.data(), fault.size()));
    return json::serialize(rule);
}

std::string rule_for_plans(std::string_view text) {
    return json::serialize(json::object{
        {"match", {{"purpose", "riva_decomposition"}}}, {"replies", replies_of({std::string(text)})}
    });
}

std::string script_of_rules(const std::vector<std::string>& rules) {
    std::string all;
    for (const auto& rule : rules) all += (all.empty() ? "" : ",") + rule;
    return R"({"rules":[)" + all + "]}";
}

std::string script_of(const std::vector<std::string>& actions, std::string_view decomposition) {
    const std::string indivisible = R"({"reason":"It is one step.","children":[]})";
    const std::string answer = decomposition.empty() ? indivisible : std::string(decomposition);
    return script_of_rules({rule_about("", actions), rule_for_plans(answer)});
}

world::world(std::string_view script, const std::map<std::string, std::string>& files)
    : server(script) {
    for (const auto& [name, content] : files) repository.write(name, content);
    settings.state_folder = state / "riva";
    settings.model = llm::parse_model_spec(server.spec()).value();
    llm::governor_policy impatient;
    impatient.retry.base = std::chrono::milliseconds(1);
    impatient.retry.throttled_base = std::chrono::milliseconds(1);
    settings.provider.governors = std::make_shared<llm::governors>(impatient);
    settings.check_timeout = std::chrono::seconds(20);
    settings.command_timeout = std::chrono::seconds(20);
}

agents::task world::task(std::string what, std::vector<std::string> checks) const {
    agents::task t;
    t.what = std::move(what);
    t.checks = std::move(checks);
    t.repository = repository.path();
    return t;
}

result<agents::report> world::work(const starter& start, int threads) {
    asio::io_context io(threads);
    agents::engine_parts given = parts;
    given.checkpoint = decide;
    agents::engine engine(io.get_executor(), settings, given);
    recorder ear(events, also);
    result<agents::report> ended;
    std::exception_ptr failure;
    start(engine, ear, [&](std::exception_ptr e, result<agents::report> r) {
        failure = e;
        ended = std::move(r);
    });
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back([&] { io.run(); });
    io.run();
    for (auto& other : others) other.join();
    if (failure) std::rethrow_exception(failure);
    return ended;
}

result<agents::report> world::run(agents::task what, int threads) {
    return work(
        [&](agents::engine& engine, observer& ear, handler on_end) {
            engine.async_run(std::move(what), &ear, deadline::in(time), std::move(on_end));
        },
        threads
    );
}

result<agents::report> world::resume(agents::resumption what) {
    return work(
        [&](agents::engine& engine, observer& ear, handler on_end) {
            engine.async_resume(std::move(what), &ear, deadline::in(time), std::move(on_end));
        },
        1
    );
}

std::vector<event> world::recorded(const std::string& run_id) {
    std::vector<event> found;
    with_journal([&](journal& from) -> asio::awaitable<void> {
        return [](journal& j, std::string id, std::vector<event>& to) -> asio::awaitable<void> {
            to = (co_await j.read(id)).value();
        }(from, run_id, found);
    });
    return found;
}

void world::record(const event& e) {
    std::filesystem::create_directories(settings.state_folder);
    with_journal([&](journal& to) -> asio::awaitable<void> {
        return [](journal& j, event what) -> asio::awaitable<void> {
            (co_await j.append(what)).value();
        }(to, e);
    });
}

void world::with_journal(const std::function<asio::awaitable<void>(journal&)>& use) {
    const auto opened = memory::sqlite_journal::open(settings.state_folder / "riva.db");
    test::run([&] { return use(*opened.value()); });
}

asio::awaitable<void> recorder::observe(const event& e) {
    into_.push_back(e);
    if (next_ != nullptr) co_await next_->observe(e);
}

bool have_sandbox() {
    static const bool works = [] {
        bool found = false;
        test::run([&]() -> asio::awaitable<void> {
            const auto probed = co_await probe_bubblewrap(deadline::in(std::chrono::seconds(20)));
            found = probed.has_value();
            if (!found) std::printf("skipped: %s\n", probed.error().context.c_str());
        });
        return found;
    }();
    return works;
}

}  // namespace riva::test
