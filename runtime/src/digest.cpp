#include <riva/runtime/digest.hpp>
