#include <riva/memory/sqlite_journal.hpp>
