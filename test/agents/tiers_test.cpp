// Which model is asked, what happens when it or its provider fails, and what it may cost.

#include <riva/agents/tiers.hpp>

#include "catch.hpp"
#include "world.hpp"

#include <riva/agents/error.hpp>
#include <riva/llm/tier.hpp>
#include <riva/memory/pattern_records.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <numeric>

using namespace riva;
using Catch::Contains;
using riva::test::have_sandbox;
using riva::test::propose;
using riva::test::rule_for_model;
using riva::test::world;

namespace {

const std::string check = "grep -q right a.txt";
const std::string right = propose(create_file{"a.txt", "right\n"});
const std::string wrong = propose(create_file{"a.txt", "wrong\n"});

std::string quoted(const std::string& answer) {
    std::string text = "\"";
    for (const char c : answer) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + '"';
}

struct tiered : world {
    explicit tiered(const std::vector<std::string>& rules)
        : world(test::script_of_rules(rules), {{"b.txt", "b\n"}}) {
        settings.model.reset();
        settings.max_depth = 0;
        for (const auto t : llm::all_tiers) settings.of(t).model = model(to_string(t));
    }

    llm::model_spec model(std::string_view name) const {
        return {
            "openai",
            std::string(name),
            "http://127.0.0.1:" + std::to_string(server.port()) + "/v1",
            "OPENAI_API_KEY"
        };
    }

    agents::task job() const {
        agents::task t = task("write a.txt", {check});
        t.acceptance = "It says right.";
        return t;
    }

    std::vector<std::string> asked() const {
        std::vector<std::string> all;
        for (const auto& e : seen<events::model_started>()) all.push_back(e.model);
        return all;
    }
};

/// A model that a host brings along. Its connections end with each call, as the context of a run
/// ends before it.
class host_model final : public llm::model {
public:
    host_model(llm::model_spec spec, llm::provider_options options)
        : spec_(std::move(spec)), options_(std::move(options)) {}

    asio::awaitable<result<llm::chat_reply>> complete(
        llm::chat_request request, llm::stream_observer observer, deadline by
    ) override {
        const auto once = llm::make_model(spec_, options_).value();
        co_return co_await once->complete(std::move(request), std::move(observer), by);
    }

    std::string name() const override { return spec_.dialect + ":" + spec_.model; }

private:
    llm::model_spec spec_;
    llm::provider_options options_;
};

using names = std::vector<std::string>;

const llm::model_spec nobody{"openai", "nobody", "http://127.0.0.1:1/v1", "OPENAI_API_KEY"};

std::int64_t total_of(const std::vector<events::model_ended>& calls) {
    return std::accumulate(
        calls.begin(),
        calls.end(),
        std::int64_t{0},
        [](std::int64_t sum, const auto& e) { return sum + e.micro_usd; }
    );
}

}  // namespace

TEST_CASE("simple work starts with the small model, and goes up when a check fails", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("small", {wrong}), rule_for_model("medium", {right})});
    const auto ended = w.run(w.job());
    CHECK(ended->result.outcome == "verified");
    CHECK(w.asked() == names{"openai:small", "openai:medium"});
    const auto started = w.seen<events::model_started>();
    REQUIRE(started.size() == 2);
    CHECK(started[0].tier == "small");
    CHECK_THAT(started[0].reason, Contains("low complexity"));
    CHECK(started[1].tier == "medium");
    CHECK_THAT(started[1].reason, Contains("failed"));
    const auto& by_tier = ended->result.usage.by_tier;
    CHECK(by_tier.at("small").calls == 1);
    CHECK(by_tier.at("medium").calls == 1);
    CHECK(by_tier.at("small").output_tokens > 0);
    CHECK_FALSE(by_tier.contains("large"));
}

TEST_CASE("an answer of no use is a reason to go up as well", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("small", {"I would rather not."}), rule_for_model("medium", {right})});
    CHECK(w.run(w.job())->result.outcome == "verified");
    CHECK(w.asked() == names{"openai:small", "openai:small", "openai:medium"});  // asked once more
}

TEST_CASE("the baseline asks the large model, whatever the work", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("large", {right})});
    w.settings.model_selection = agents::strategy::baseline;
    CHECK(w.run(w.job())->result.outcome == "verified");
    CHECK(w.asked() == names{"openai:large"});
}

TEST_CASE("work of unknown size goes to the large model", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("large", {right})});
    CHECK(w.run(w.task("do it", {check}))->result.outcome == "verified");
    CHECK(w.asked() == names{"openai:large"});
}

TEST_CASE("what the record says of the tiers is asked and followed", "[tiers]") {
    if (!have_sandbox()) return;
    struct bad_record final : llm::tier_record {
        asio::awaitable<llm::tier_standings> look_up(std::string pattern) override {
            patterns.push_back(std::move(pattern));
            co_return llm::tier_standings{llm::tier_standing{40, 0.0, 0.1, 0.2}};
        }
        names patterns;
    } record;
    tiered w({rule_for_model("medium", {right})});
    w.parts.tiers = &record;
    CHECK(w.run(w.job())->result.outcome == "verified");
    CHECK(w.asked() == names{"openai:medium"});
    CHECK(record.patterns == names{"coder/riva_action"});
}

TEST_CASE("a tier that mostly failed in a repository is passed over there", "[tiers][pattern]") {
    if (!have_sandbox()) return;
    for (const bool remembers : {true, false}) {
        tiered w({rule_for_model("medium", {right}), rule_for_model("small", {right})});
        w.settings.memory = remembers;
        std::filesystem::create_directories(w.settings.state_folder);
        const auto kept = memory::pattern_records::open(w.settings.state_folder / "riva.db");
        REQUIRE(kept.has_value());
        const auto now =
            std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()
            );
        const auto project = std::filesystem::canonical(w.repository.path()).string();
        for (int i = 0; i < 5; ++i)
            REQUIRE((*kept)
                        ->add(
                            project,
                            {"complete by coder small", "earlier", std::to_string(i), "", false, now
                            }
                        )
                        .has_value());
        CHECK(w.run(w.job())->result.outcome == "verified");
        CHECK(w.asked() == names{remembers ? "openai:medium" : "openai:small"});
        const auto own = (*kept)->find(project, "complete by coder medium", now).value();
        CHECK(own.successes == (remembers ? 1 : 0));
    }
}

TEST_CASE("a provider that is down is named, and the next model is asked instead", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("spare", {right})});
    w.settings.of(llm::tier::small).model = nobody;
    w.settings.fallbacks = {w.model("spare")};
    const auto ended = w.run(w.job());
    CHECK(ended->result.outcome == "verified");
    const auto started = w.seen<events::model_started>();
    REQUIRE_FALSE(started.empty());
    CHECK(started.front().model == "openai:nobody");
    CHECK(started.front().fallback_from.empty());
    CHECK(started.back().model == "openai:spare");
    CHECK(started.back().fallback_from == "openai:nobody");
    CHECK(started.back().tier == "small");
    const auto logs = w.seen<events::log>();
    CHECK(std::ranges::any_of(logs, [](const events::log& l) {
        return l.level == "warning" && l.message.find("asking openai:spare") != std::string::npos;
    }));
    const auto calls = w.seen<events::model_ended>();
    REQUIRE(calls.size() == 2);
    CHECK_THAT(calls[0].error, Contains("127.0.0.1:1"));
    CHECK(calls[0].input_tokens == 0);  // nothing was sent
}

TEST_CASE("a refused key is told as an error, and not tried again in this run", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w(
        {rule_for_model("small", {""}, R"({"status":401})"),
         rule_for_model("medium", {""}, R"({"status":401})"),
         rule_for_model("spare", {wrong, wrong, right})}
    );
    for (const auto t : llm::all_tiers) w.settings.of(t).model = w.model("small");
    w.settings.fallbacks = {w.model("medium"), w.model("spare")};
    CHECK(w.run(w.job())->result.outcome == "verified");
    CHECK(
        w.asked() ==
        names{"openai:small", "openai:medium", "openai:spare", "openai:spare", "openai:spare"}
    );
    const auto logs = w.seen<events::log>();
    CHECK(std::ranges::count_if(logs, [](const events::log& l) {
              return l.level == "error";
          }) == 2);
}

TEST_CASE("when everybody is down, the first and the last reason are told", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("spare", {""}, R"({"status":401})")});
    for (const auto t : llm::all_tiers) w.settings.of(t).model = nobody;
    w.settings.fallbacks = {w.model("spare")};
    const auto result = w.run(w.job())->result;
    CHECK(result.outcome == "error");
    REQUIRE(result.error.has_value());
    CHECK(result.error->kind == "provider");
    CHECK_THAT(result.error->message, Contains("127.0.0.1:1") && Contains("401"));
}

TEST_CASE("a limit of money without a price is refused, and says how to give one", "[tiers]") {
    tiered w({rule_for_model("*", {right})});
    w.settings.spending.micro_usd = 1'000'000;
    w.settings.of(llm::tier::medium).model =
        llm::parse_model_spec("openai:costly@https://api.example.com/v1").value();
    const auto ended = w.run(w.job());
    REQUIRE(ended.has_error());
    CHECK(ended.error().code == agents::errc::unknown_price);
    CHECK_THAT(
        ended.error().context, Contains("--set 'prices.openai:costly=") && Contains("--max-tokens")
    );
    CHECK(w.server.requests() == 0);
}

TEST_CASE(
    "a run counts its money, and stops before the call that could exceed the limit", "[tiers]"
) {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("*", {wrong})});
    w.settings.prices.set("openai:", {3'000'000, 15'000'000, 3'000'000, 3'000'000});
    w.settings.max_output_tokens = 1000;
    w.settings.max_cycles = 100;
    w.settings.spending.micro_usd = 60'000;
    const auto ended = w.run(w.job());
    const auto& result = ended->result;
    CHECK(result.outcome == "exhausted");
    CHECK(result.error->kind == "usd");
    CHECK_THAT(result.error->message, Contains("$0.06 of the run"));
    CHECK(result.usage.calls >= 2);
    CHECK(result.usage.micro_usd > 0);
    CHECK(result.usage.micro_usd <= 60'000);
    CHECK(result.usage.micro_usd == total_of(w.seen<events::model_ended>()));
    CHECK(result.usage.unpriced_calls == 0);
    std::int64_t by_tier = 0;
    for (const auto& [name, used] : result.usage.by_tier) by_tier += used.micro_usd;
    CHECK(by_tier == result.usage.micro_usd);
    CHECK(w.server.requests() == static_cast<std::uint64_t>(result.usage.calls));
}

TEST_CASE(
    "a request that was lost has cost its worst case, and there may be no money for another",
    "[tiers]"
) {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("*", {right}, R"({"cut":{"after":10,"how":"reset"}})")});
    w.settings.max_output_tokens = 5000;
    w.settings.spending.tokens = 9000;
    const auto ended = w.run(w.job());
    CHECK(ended->result.outcome == "exhausted");
    CHECK(ended->result.error->kind == "tokens");
    CHECK(ended->result.usage.output_tokens == 5000);
    CHECK(w.server.requests() == 1);
    const auto calls = w.seen<events::model_ended>();
    REQUIRE(calls.size() == 1);
    CHECK_THAT(calls[0].error, Contains("9000"));
}

TEST_CASE("a request that the server refused has cost nothing, so another is sent", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({R"({"match":{},"replies":[{"fault":{"status":503}},{"text":)" + quoted(right) + "}]}"}
    );
    w.settings.max_output_tokens = 5000;
    w.settings.spending.tokens = 9000;
    CHECK(w.run(w.job())->result.outcome == "verified");
    CHECK(w.server.requests() == 2);
}

TEST_CASE("an intention that has used up its share fails, and the run has a result", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("*", {wrong})});
    w.settings.max_output_tokens = 1000;
    w.settings.intention_spending.tokens = 3000;
    const auto ended = w.run(w.job());
    CHECK(ended->result.outcome == "failed");
    CHECK_THAT(ended->root.reason, Contains("3000") && Contains("intention 1"));
    CHECK(ended->result.usage.input_tokens + ended->result.usage.output_tokens <= 3000);
}

TEST_CASE("each tier has its own limit for an answer", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("small", {wrong}), rule_for_model("medium", {right})});
    w.settings.of(llm::tier::small).max_output_tokens = 333;
    CHECK(w.run(w.job())->result.outcome == "verified");
    const std::string sent = w.server.journal();
    CHECK_THAT(sent, Contains("333") && Contains("8192"));
}

TEST_CASE("calls of unknown price are allowed without a limit of money, and counted", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("mine", {right})});
    host_model mine(w.model("mine"), w.settings.provider);
    w.parts.model = &mine;
    const auto ended = w.run(w.job());
    CHECK(ended->result.outcome == "verified");
    CHECK(ended->result.usage.unpriced_calls == 1);
    CHECK(ended->result.usage.by_tier.at("large").unpriced_calls == 1);
    CHECK(ended->result.usage.micro_usd == 0);
    CHECK_FALSE(w.seen<events::model_ended>().at(0).priced);
}

TEST_CASE("calls of a model on this machine cost nothing", "[tiers]") {
    if (!have_sandbox()) return;
    tiered w({rule_for_model("small", {right})});
    w.settings.spending.micro_usd = 0;
    const auto ended = w.run(w.job());
    CHECK(ended->result.outcome == "verified");
    CHECK(ended->result.usage.unpriced_calls == 0);
    CHECK(ended->result.usage.micro_usd == 0);
}

TEST_CASE("a key goes to its own server only", "[tiers]") {
    agents::settings s;
    s.model = llm::parse_model_spec("openai:a@https://one.example.com/v1").value();
    s.provider.key = "of-the-model";
    s.keys = {{"https://two.example.com/v1", "OPENAI_API_KEY", "of-two"}};
    const auto key_of = [&](const char* spec) {
        return agents::provider_for(s, llm::parse_model_spec(spec).value()).key;
    };
    CHECK(key_of("openai:a@https://one.example.com/v1") == "of-the-model");
    CHECK(key_of("openai:b@https://two.example.com/v1") == "of-two");
    CHECK(key_of("openai:b@https://three.example.com/v1").empty());
}
