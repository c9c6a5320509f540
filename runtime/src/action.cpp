#include <riva/runtime/action.hpp>
