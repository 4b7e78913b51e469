#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace myelin {

/// Where in the user's input something stands. Line and column count from 1; 0 means unknown.
struct SourcePlace {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// One mistake in the user's input: what is wrong and why, and what to do about it.
struct Diagnostic {
  SourcePlace place;
  std::string problem;  ///< what is wrong, with the reason
  std::string remedy;   ///< what to do; may be empty
};

/// All mistakes found in one input, in the order of their places.
using Diagnostics = std::vector<Diagnostic>;

/// A value, or every diagnostic that kept it from being made.
template <class T>
using Result = tl::expected<T, Diagnostics>;

/// A diagnostic as a line for a terminal or log: `file:line:column: problem -- remedy`.
std::string to_string(const Diagnostic& diagnostic);

/// The name among `known` nearest to `unknown` by edit distance; none if nothing is near enough to be a misspelling.
std::optional<std::string> nearest_name(const std::string& unknown, const std::vector<std::string>& known);

/// The outside world failed: a full disk, an unreadable file. Caught only in `main` (exit code 3).
/// The message says what happened and what to do.
class IoError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace myelin
