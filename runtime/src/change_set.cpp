#include <riva/runtime/change_set.hpp>
