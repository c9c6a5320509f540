#include <riva/runtime/workspace.hpp>
