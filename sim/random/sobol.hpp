#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "random/stream.hpp"

namespace myelin {

/// Scrambled points of Sobol's sequence in the order of Boost, which begins with the origin: the directions of Joe and
/// Kuo (2008), a random linear scrambling of the digits (Matousek 1998) and a random digital shift. Each point is
/// uniform over the cube when the seed is random; together, 2^k points fill the cube more evenly than independent ones.
/// Cut the sequence at powers of 2, and begin it at its first point.
class SobolPoints {
 public:
  static constexpr std::size_t dimension_limit = 3667;  ///< what Boost's table of directions goes to
  static constexpr std::uint64_t point_limit = std::uint64_t{1} << 32;

  /// From 1 to `dimension_limit` dimensions. The scrambling of a dimension depends on the seed and its number alone.
  SobolPoints(std::size_t dimensions, Seed seed);

  std::size_t dimensions() const { return shift_.size(); }

  /// Writes point `index`, below `point_limit`, into `into`, one number strictly between 0 and 1 a dimension. Any order
  /// of asking will do, from any thread: nothing is kept between calls. Costs one exclusive or a dimension for each
  /// binary digit 1 of the index's Gray code.
  void point(std::uint64_t index, std::span<double> into) const;

 private:
  std::vector<std::uint64_t> directions_;  // [digit of the Gray code][dimension], as 52 binary digits
  std::vector<std::uint64_t> shift_;       // [dimension], as 52 binary digits
};

}  // namespace myelin
