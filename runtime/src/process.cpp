#include <riva/runtime/process.hpp>
