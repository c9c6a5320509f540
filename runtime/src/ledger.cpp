#include <riva/runtime/ledger.hpp>
