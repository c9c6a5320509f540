#include "schema.hpp"

#include <cassert>
#include <iterator>
#include <string>

namespace riva::memory {
namespace {

/// What each version adds to the one before. A step that was released is never changed.
constexpr const char* steps[] = {
    // 1: runs and their events.
    R"sql(
CREATE TABLE runs (
    run        TEXT PRIMARY KEY,
    started    INTEGER NOT NULL,          -- milliseconds since 1970
    task       TEXT NOT NULL,
    repository TEXT NOT NULL,
    outcome    TEXT NOT NULL,             -- empty until run.result
    events     INTEGER NOT NULL,          -- how many there are
    head       TEXT NOT NULL              -- hash of the last one
) STRICT;
CREATE TABLE events (
    run  TEXT NOT NULL REFERENCES runs (run),
    seq  INTEGER NOT NULL,
    json TEXT NOT NULL,
    hash TEXT NOT NULL,                   -- over the hash before and this json
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;
)sql",
    // 2: what is trusted, for each project and set of verifiers.
    R"sql(
CREATE TABLE trust_scopes (
    scope       INTEGER PRIMARY KEY,
    project     TEXT NOT NULL,
    verifiers   TEXT NOT NULL,            -- digest over what judges
    judges      TEXT NOT NULL,            -- the same for a person
    next_ticket INTEGER NOT NULL,
    UNIQUE (project, verifiers)
) STRICT;
CREATE TABLE trust_classes (
    scope         INTEGER NOT NULL REFERENCES trust_scopes (scope),
    risk          INTEGER NOT NULL,       -- 0 low, 1 medium, 2 high
    delivered     INTEGER NOT NULL,
    skipped       INTEGER NOT NULL,
    audited       INTEGER NOT NULL,
    caught        INTEGER NOT NULL,
    recovering    INTEGER NOT NULL,
    recovers_from INTEGER NOT NULL,
    PRIMARY KEY (scope, risk)
) STRICT, WITHOUT ROWID;
CREATE TABLE trust_accounts (
    scope    INTEGER NOT NULL,
    risk     INTEGER NOT NULL,
    position INTEGER NOT NULL,            -- from 0
    theta    REAL NOT NULL,
    charged  INTEGER NOT NULL,
    PRIMARY KEY (scope, risk, position),
    FOREIGN KEY (scope, risk) REFERENCES trust_classes (scope, risk)
) STRICT, WITHOUT ROWID;
CREATE TABLE trust_patterns (
    scope       INTEGER NOT NULL REFERENCES trust_scopes (scope),
    risk        INTEGER NOT NULL,
    pattern     TEXT NOT NULL,
    clean       INTEGER NOT NULL,
    counts_from INTEGER NOT NULL,
    PRIMARY KEY (scope, risk, pattern)
) STRICT, WITHOUT ROWID;
CREATE TABLE trust_tickets (              -- the verifications under way
    scope     INTEGER NOT NULL REFERENCES trust_scopes (scope),
    ticket    INTEGER NOT NULL,
    risk      INTEGER NOT NULL,
    pattern   TEXT NOT NULL,
    by_points INTEGER NOT NULL,
    trusted   INTEGER NOT NULL,
    audit     INTEGER NOT NULL,
    PRIMARY KEY (scope, ticket)
) STRICT, WITHOUT ROWID;
CREATE TABLE trust_reserved (             -- what an audit would give back to each account
    scope    INTEGER NOT NULL,
    ticket   INTEGER NOT NULL,
    position INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    PRIMARY KEY (scope, ticket, position),
    FOREIGN KEY (scope, ticket) REFERENCES trust_tickets (scope, ticket) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
)sql",
    // 3: how checks have done.
    R"sql(
CREATE TABLE check_records (
    project  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    runs     INTEGER NOT NULL CHECK (runs >= 0),
    failures INTEGER NOT NULL CHECK (failures BETWEEN 0 AND runs),
    duration INTEGER NOT NULL CHECK (duration >= 0),  -- milliseconds of all runs
    PRIMARY KEY (project, kind)
) STRICT, WITHOUT ROWID;
)sql",
    // 4: what mutants said of the checks.
    R"sql(
CREATE TABLE canaries (
    scope    INTEGER NOT NULL REFERENCES trust_scopes (scope),
    check_id TEXT NOT NULL,               -- empty: all checks together
    tried    INTEGER NOT NULL,
    caught   INTEGER NOT NULL CHECK (caught BETWEEN 0 AND tried),
    PRIMARY KEY (scope, check_id)
) STRICT, WITHOUT ROWID;
)sql",
    // 5: long texts of events, which refer to them; from here on each page has a seal.
    R"sql(
CREATE TABLE blobs (
    digest  TEXT PRIMARY KEY,             -- SHA-256 of the content
    content BLOB NOT NULL
) STRICT;
)sql",
    // 6: what is to be remembered of projects.
    R"sql(
CREATE TABLE memory_projects (
    project INTEGER PRIMARY KEY,
    path    TEXT NOT NULL UNIQUE,
    entries INTEGER NOT NULL              -- how many there are, forgotten ones included
) STRICT;
CREATE TABLE memory_entries (
    entry   INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL REFERENCES memory_projects (project),
    kind    INTEGER NOT NULL,             -- 0 decision, 1 pattern, 2 correction
    author  INTEGER NOT NULL,             -- 0 the user, 1 learnt
    key     TEXT NOT NULL,                -- what makes two the same
    text    TEXT NOT NULL,
    paths   TEXT NOT NULL,                -- one a line
    count   INTEGER NOT NULL,
    created INTEGER NOT NULL,             -- milliseconds since 1970
    used    INTEGER NOT NULL,             -- the same; 0: never
    revoked INTEGER NOT NULL,
    UNIQUE (project, kind, key)
) STRICT;
CREATE INDEX memory_of_all_files ON memory_entries (project, entry)
    WHERE author = 0 AND paths = '' AND revoked = 0;
CREATE TABLE memory_evidence (
    entry    INTEGER NOT NULL REFERENCES memory_entries (entry) ON DELETE CASCADE,
    position INTEGER NOT NULL,            -- from 0
    run      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    file     TEXT NOT NULL,
    hunk     TEXT NOT NULL,
    PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE memory_words USING fts5 (words, tokenize = 'porter ascii');
CREATE TABLE memory_watches (             -- changes whose fate is looked at
    watch   INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL REFERENCES memory_projects (project),
    run     TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    task    TEXT NOT NULL,
    branch  TEXT NOT NULL,
    files   INTEGER NOT NULL,             -- how many there were
    applied INTEGER NOT NULL,             -- milliseconds since 1970
    UNIQUE (project, run)
) STRICT;
CREATE TABLE memory_watched_files (
    watch   INTEGER NOT NULL REFERENCES memory_watches (watch) ON DELETE CASCADE,
    path    TEXT NOT NULL,
    before  TEXT NOT NULL,                -- SHA-256; empty: no file
    after   TEXT NOT NULL,
    PRIMARY KEY (watch, path)
) STRICT, WITHOUT ROWID;
)sql",
    // 7: how changes of each pattern came out.
    R"sql(
CREATE TABLE pattern_records (
    project      TEXT NOT NULL,           -- canonical path
    pattern      TEXT NOT NULL,
    successes    INTEGER NOT NULL CHECK (successes >= 0),
    failures     INTEGER NOT NULL CHECK (failures >= 0),
    passed       REAL NOT NULL CHECK (passed >= 0),  -- the same, those of long ago counting less
    failed       REAL NOT NULL CHECK (failed >= 0),
    as_of        INTEGER NOT NULL,        -- milliseconds since 1970
    last_success INTEGER,
    last_failure INTEGER,
    run          TEXT NOT NULL,           -- that changed it last
    step         TEXT NOT NULL,           -- of that run
    PRIMARY KEY (project, pattern)
) STRICT, WITHOUT ROWID;
CREATE TABLE pattern_outcomes (
    run     TEXT NOT NULL,
    step    TEXT NOT NULL,
    project TEXT NOT NULL,
    pattern TEXT NOT NULL,
    file    TEXT NOT NULL,                -- empty: none, or several
    passed  INTEGER NOT NULL CHECK (passed IN (0, 1)),
    at      INTEGER NOT NULL,
    PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;
)sql",
};

}  // namespace

int schema_version() {
    return static_cast<int>(std::size(steps));
}

void upgrade(SQLite::Database& in, int version, int until) {
    assert(version >= 0 && until <= schema_version());
    if (version >= until) return;
    for (int next = version; next < until; ++next) in.exec(steps[next]);
    in.exec("PRAGMA user_version = " + std::to_string(until));
}

}  // namespace riva::memory
