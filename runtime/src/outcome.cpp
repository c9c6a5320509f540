#include <riva/runtime/outcome.hpp>
