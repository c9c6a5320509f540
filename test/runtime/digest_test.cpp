#include <riva/runtime/digest.hpp>

#include <catch.hpp>

TEST_CASE("digest equals the published SHA-256 vectors", "[digest]") {
    CHECK(riva::sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(
        riva::sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    CHECK(
        riva::sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
    CHECK(
        riva::sha256(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}

TEST_CASE("digest counts bytes after a NUL", "[digest]") {
    CHECK(riva::sha256(std::string_view("a\0b", 3)) != riva::sha256("a"));
}

TEST_CASE("digest of pieces equals the digest of the whole", "[digest]") {
    const std::string whole(100'003, 'q');
    for (const std::size_t piece : {1UL, 63UL, 64UL, 65UL, 4096UL, 200'000UL}) {
        riva::sha256_stream stream;
        for (std::size_t at = 0; at < whole.size(); at += piece)
            stream.update(std::string_view(whole).substr(at, piece));
        CHECK(stream.finish() == riva::sha256(whole));
    }
}

TEST_CASE("digest goes on after it was moved", "[digest]") {
    riva::sha256_stream first;
    first.update("a");
    riva::sha256_stream second(std::move(first));
    second.update("bc");
    CHECK(second.finish() == riva::sha256("abc"));
}
