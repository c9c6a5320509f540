#include <riva/runtime/unified_diff.hpp>
