#include <riva/runtime/utf8.hpp>

#include "catch.hpp"

#include <vector>

using riva::is_control;
using riva::is_utf8;
using riva::next_code_point;
using riva::to_utf8;

TEST_CASE("utf8 takes code points off a text one by one", "[utf8]") {
    std::string_view rest = "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf";
    std::vector<char32_t> taken;
    while (!rest.empty()) taken.push_back(next_code_point(rest).value());
    CHECK(taken == std::vector<char32_t>{U'a', 0xe9, 0x65e5, 0x1f600, 0x10ffff});
}

TEST_CASE("utf8 leaves a text as it is when its first bytes are none", "[utf8]") {
    for (const std::string_view broken :
         {"\x80",
          "\xff",
          "\xc3",
          "\xc3(",
          "\xc0\xaf",
          "\xc1\x81",
          "\xe0\x80\xaf",
          "\xe6\x97",
          "\xed\xa0\x80",
          "\xf0\x80\x80\xaf",
          "\xf0\x9f\x98",
          "\xf4\x90\x80\x80",
          "\xf8\x88\x80\x80\x80"}) {
        std::string_view rest = broken;
        CHECK_FALSE(next_code_point(rest).has_value());
        CHECK(rest == broken);
        CHECK_FALSE(is_utf8(broken));
    }
    CHECK(is_utf8(""));
    CHECK(is_utf8("gr\xc3\xbc\xc3\x9f"));
}

TEST_CASE("utf8 replaces every byte that belongs to no code point", "[utf8]") {
    CHECK(to_utf8("a\xff\xc3(\xe6\x97") == "a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
    CHECK(to_utf8("\xc3\xa9") == "\xc3\xa9");
}

TEST_CASE("utf8 knows control characters", "[utf8]") {
    for (const char32_t c : {U'\0', U'\n', U'\x1f', U'\x7f', U'\x80', U'\x9f'})
        CHECK(is_control(c));
    for (const char32_t c : {U' ', U'~', U'\xa0', U'\x2028'}) CHECK_FALSE(is_control(c));
}
