#pragma once

/// \file
/// toml++ as this folder uses it; include this header, never toml++ itself, so that every file sees the same settings.
/// The library is compiled once, in toml_library.cpp, without exceptions and without its writers.

#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#undef TOML_EXCEPTIONS
#define TOML_HEADER_ONLY 0
#define TOML_SHARED_LIB 0
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// Bounds the recursion of the parser on hostile input; evidence needs two levels.
#define TOML_MAX_NESTED_VALUES 16

#include <toml++/toml.h>
