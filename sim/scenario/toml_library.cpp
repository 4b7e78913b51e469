// The parser of toml++ 3.3 asserts on some malformed input (`[/N`) that it goes on to report properly, so its
// assertions must be off here whatever the build type.
#ifndef NDEBUG
#define NDEBUG
#endif
#define TOML_IMPLEMENTATION
#include "scenario/toml.hpp"
