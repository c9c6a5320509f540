#include "price_table_text.hpp"

#include <riva/llm/error.hpp>
#include <riva/llm/price.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <stdexcept>

namespace riva::llm {
namespace {

namespace json = boost::json;

error refused(std::string why) {
    return {errc::invalid_price, "The price table cannot be used: " + std::move(why) + "."};
}

result<price_entry> read_entry(const json::value& from, const std::string& place) {
    if (!from.is_object()) return refused(place + " is no object");
    price_entry entry;
    bool priced = false;
    for (const auto& member : from.get_object()) {
        const auto name = member.key();
        const json::value& value = member.value();
        if (name == "loopback") {
            if (!value.is_bool()) return refused(place + ".loopback is neither true nor false");
            entry.loopback = value.get_bool();
            continue;
        }
        if (name != "dialect" && name != "model" && name != "price")
            return refused(place + " has the unknown member '" + std::string(name) + "'");
        if (!value.is_string()) return refused(place + "." + std::string(name) + " is no text");
        const std::string text(value.get_string());
        if (name == "dialect") entry.dialect = text;
        if (name == "model") entry.model = text;
        if (name != "price") continue;
        const auto parsed = parse_price(text);
        if (!parsed) return refused(place + ".price is not INPUT/OUTPUT in dollars");
        entry.price = *parsed;
        priced = true;
    }
    if (!priced) return refused(place + " has no price");
    return entry;
}

}  // namespace

result<price_table> parse_price_table(std::string_view text) {
    json::error_code failed;
    const json::value parsed = json::parse(json::string_view(text.data(), text.size()), failed);
    if (failed) return refused("it is not JSON: " + failed.message());
    if (!parsed.is_object()) return refused("it is no object");
    const json::value* date = parsed.get_object().if_contains("date");
    const json::value* prices = parsed.get_object().if_contains("prices");
    if (date == nullptr || !date->is_string()) return refused("date is missing, or no text");
    if (prices == nullptr || !prices->is_array()) return refused("prices is missing, or no list");
    price_table table;
    table.date = std::string(date->get_string());
    for (const auto& each : prices->get_array()) {
        auto entry = read_entry(each, "prices[" + std::to_string(table.entries.size()) + "]");
        if (!entry) return entry.error();
        table.entries.push_back(std::move(*entry));
    }
    return table;
}

const price_table& built_in_prices() {
    static const price_table table = parse_price_table(price_table_text::prices).value();
    return table;
}

}  // namespace riva::llm
