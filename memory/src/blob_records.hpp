#pragma once

#include <riva/runtime/error.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>

/// Long strings of events lie in a table of their own, once each however often they occur: a prompt
/// or a diff that every step repeats does not make the record of a run grow with the square of its
/// steps. In the event stands `{"$blob":"SHA-256"}` instead, which no event has elsewhere: within a
/// string the quotes would be escaped. All of these throw what SQLite throws, and run in the
/// transaction of the caller.
namespace riva::memory {

/// Puts the strings of one event away. Used for many events, of one connection.
class blob_writer {
public:
    explicit blob_writer(SQLite::Database& to);

    /// The event as it is to be stored. `json` is what `to_json` makes.
    std::string put_away(std::string json);

private:
    SQLite::Statement add_;
};

/// The event as it was. Errors: corrupt, when a string is not there or is not what it was.
result<std::string> put_back(SQLite::Database& from, std::string json);

}  // namespace riva::memory
