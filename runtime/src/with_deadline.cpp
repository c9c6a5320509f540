#include <riva/runtime/with_deadline.hpp>
