#include "ignore_rules.hpp"
