#include "every_event.hpp"

#include <catch.hpp>

#include <random>

namespace {

using riva::event;
using riva::event_from_json;
using riva::to_json;
using riva::test::every_event;

event with(riva::events::body body) {
    event e;
    e.seq = 1;
    e.run = "r";
    e.body = std::move(body);
    return e;
}

void check_refused(std::string_view line) {
    const auto read = event_from_json(line);
    INFO(line.substr(0, 300));
    REQUIRE(!read.has_value());
    CHECK(read.error().code == riva::errc::malformed_event);
    CHECK(!read.error().context.empty());
    CHECK(read.error().context.find('\n') == std::string::npos);
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), by);
}

constexpr std::string_view sample =
    R"({"v":1,"seq":7,"t":"2026-11-23T10:00:00.123Z","run":"r","type":"log",)"
    R"("level":"info","message":"hello","intention":""})";

}  // namespace

TEST_CASE("event of every type is read back as it was written", "[event]") {
    const auto all = every_event("run-1");
    REQUIRE(all.size() == std::variant_size_v<riva::events::body>);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string line = to_json(all[i]);
        INFO(line);
        CHECK(all[i].body.index() == i);
        CHECK(line.find('\n') == std::string::npos);
        const auto read = event_from_json(line);
        REQUIRE(read.has_value());
        CHECK(*read == all[i]);
        CHECK(to_json(*read) == line);
    }
}

TEST_CASE("event with every kind of action is read back as it was written", "[event]") {
    const std::vector<riva::action> actions = {
        riva::create_file{"a/b.py", "print()\n"},
        riva::edit_file{"a", {{"x", "y"}, {"\xC3\xA4", ""}}},
        riva::delete_file{"a"},
        riva::run_command{{"sh", "-c", "echo"}, "sub"},
        riva::query{riva::query_kind::search, "src", "text"},
    };
    for (const auto& a : actions) {
        const event e = with(riva::events::action_proposed{"1", 1, "", a, "", true});
        const auto read = event_from_json(to_json(e));
        REQUIRE(read.has_value());
        CHECK(*read == e);
    }
}

TEST_CASE("event with default members is read back as it was written", "[event]") {
    for (const auto& filled : every_event("r")) {
        event e = filled;
        std::visit([](auto& body) { body = {}; }, e.body);
        const auto read = event_from_json(to_json(e));
        INFO(to_json(e));
        REQUIRE(read.has_value());
        CHECK(*read == e);
    }
}

TEST_CASE("event is written with version, number, time, run and type first", "[event]") {
    event e = with(riva::events::log{"info", "hello"});
    e.seq = 7;
    e.time += std::chrono::milliseconds(1'795'428'000'123);
    CHECK(to_json(e) == sample);
}

TEST_CASE("event keeps the largest number and a time before 1970", "[event]") {
    event e = with(riva::events::log{"info", ""});
    e.seq = UINT64_MAX;
    e.time -= std::chrono::milliseconds(1);
    const auto read = event_from_json(to_json(e));
    REQUIRE(read.has_value());
    CHECK(*read == e);
}

TEST_CASE("event replaces bytes that are no UTF-8 and stays readable", "[event]") {
    const auto read = event_from_json(to_json(with(riva::events::log{"info", "a\xFF\xC3z"})));
    REQUIRE(read.has_value());
    CHECK(std::get<riva::events::log>(read->body).message == "a\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST_CASE("event ignores members that it does not know", "[event]") {
    const auto read = event_from_json(replaced(std::string(sample), "{", "{\"new\":[{}],"));
    REQUIRE(read.has_value());
    CHECK(to_json(*read) == sample);
}

TEST_CASE("event refuses what is no object or no JSON", "[event]") {
    for (const auto* line :
         {"", " ", "null", "7", "[]", "\"x\"", "{}", "{", "{\"v\":1", "nan", "\xFF\xFE", "{}{}"})
        check_refused(line);
    check_refused(std::string_view("\0", 1));
    check_refused(std::string(sample) + std::string(sample));
}

TEST_CASE("event refuses every missing member", "[event]") {
    for (const auto* name : {"v", "seq", "t", "run", "type", "level", "message"})
        check_refused(replaced(std::string(sample), "\"" + std::string(name) + "\":", "\"other\":")
        );
}

TEST_CASE("event refuses members of the wrong type or range", "[event]") {
    const std::string line(sample);
    for (const auto* seq : {"-1", "1.5", "\"7\"", "null", "18446744073709551616", "1e400", "[]"})
        check_refused(replaced(line, "\"seq\":7", "\"seq\":" + std::string(seq)));
    for (const auto* version : {"2", "0", "\"1\"", "null", "true"})
        check_refused(replaced(line, "\"v\":1", "\"v\":" + std::string(version)));
    for (const auto* text : {"1", "null", "{}", "[\"r\"]", "false"})
        check_refused(replaced(line, "\"run\":\"r\"", "\"run\":" + std::string(text)));
    for (const auto* time : {"", "yesterday", "2026-11-23", "2026-11-23T10:00:00.123Zx"})
        check_refused(replaced(line, "2026-11-23T10:00:00.123Z", time));
    for (const auto* type : {"", "LOG", "log ", "run.finished"})
        check_refused(replaced(line, "\"type\":\"log\"", "\"type\":\"" + std::string(type) + "\""));
}

TEST_CASE("event refuses unknown names of verdicts, layers and actions", "[event]") {
    for (const auto& e : every_event("r")) {
        const std::string line = to_json(e);
        for (const auto* name : {"\"infra_error\"", "\"behavioural\"", "\"edit\"", "\"cancelled\""})
            if (line.find(name) != std::string::npos)
                check_refused(replaced(line, name, "\"surely\""));
    }
}

TEST_CASE("event refuses deep nesting without using up the stack", "[event]") {
    check_refused(std::string(1'000'000, '['));
    std::string deep = "{\"x\":";
    for (int i = 0; i < 1000; ++i) deep += "[";
    for (int i = 0; i < 1000; ++i) deep += "]";
    check_refused(replaced(std::string(sample), "{", deep + ","));
}

TEST_CASE("event of several megabytes is read back as it was written", "[event]") {
    const event e = with(riva::events::log{"info", std::string(4 << 20, 'x') + "\n\"\\"});
    const auto read = event_from_json(to_json(e));
    REQUIRE(read.has_value());
    CHECK(*read == e);
}

TEST_CASE("event survives random changes to its line", "[event]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto all = every_event("r");
    int refused = 0;
    for (int i = 0; i < 4000; ++i) {
        std::string line = to_json(all[random() % all.size()]);
        if (random() % 4 == 0) line.resize(random() % line.size());
        for (auto n = random() % 4; n > 0 && !line.empty(); --n)
            line[random() % line.size()] = static_cast<char>(random());
        const auto read = event_from_json(line);
        if (read) {
            const auto again = event_from_json(to_json(*read));
            REQUIRE(again.has_value());
            CHECK(*again == *read);
        } else {
            ++refused;
            CHECK(read.error().code == riva::errc::malformed_event);
        }
    }
    CHECK(refused > 0);
}

TEST_CASE("event refuses random bytes", "[event]") {
    const auto seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int i = 0; i < 1000; ++i) {
        std::string line(random() % 64, '\0');
        for (auto& c : line) c = static_cast<char>(random());
        check_refused(line);
    }
}
