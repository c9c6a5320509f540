#include <riva/runtime/task_group.hpp>
