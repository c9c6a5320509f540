#pragma once

#include "catch.hpp"

#include <riva/runtime/error.hpp>

#include <string>

/// Shows failures in the messages of failed tests.
template <>
struct Catch::StringMaker<riva::error> {
    static std::string convert(const riva::error& e) { return e.code.message() + ": " + e.context; }
};

/// Shows whether there is a result, and the failure otherwise; values need not be printable.
template <class T>
struct Catch::StringMaker<boost::system::result<T, riva::error>> {
    static std::string convert(const boost::system::result<T, riva::error>& made) {
        return made ? "a value" : Catch::StringMaker<riva::error>::convert(made.error());
    }
};
