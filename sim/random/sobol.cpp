#include "random/sobol.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/random/sobol.hpp>
#include <cmath>

#include "core/contract.hpp"

namespace myelin {

namespace {

constexpr int digits = 52;        ///< binary digits of a coordinate: with a half behind them, a number's 53
constexpr int index_digits = 32;  ///< a direction has at most so many digits
static_assert(SobolPoints::dimension_limit == boost::random::default_sobol_table::max_dimension);
static_assert(SobolPoints::point_limit == std::uint64_t{1} << index_digits);

std::uint64_t random_digits(PhiloxEngine& engine) {
  const std::uint64_t high = engine();
  return (high << 32 | engine()) >> (64 - digits);
}

/// A random lower triangular matrix of binary digits with ones on its diagonal, which acts on the digits of a number.
class LinearScrambling {
 public:
  explicit LinearScrambling(PhiloxEngine& engine) {
    for (int row = 0; row < digits; ++row) {
      const std::uint64_t diagonal = std::uint64_t{1} << (digits - 1 - row);
      const std::uint64_t before = ~(2 * diagonal - 1);
      rows_[static_cast<std::size_t>(row)] = (random_digits(engine) & before) | diagonal;
    }
  }

  std::uint64_t operator()(std::uint64_t number) const {
    std::uint64_t result = 0;
    for (const std::uint64_t row : rows_)
      result = result << 1 | (static_cast<unsigned>(std::popcount(row & number)) & 1);
    return result;
  }

 private:
  std::array<std::uint64_t, digits> rows_;  // the first digit is the highest bit
};

}  // namespace

SobolPoints::SobolPoints(std::size_t dimensions, Seed seed) {
  MYELIN_EXPECT(dimensions >= 1 && dimensions <= dimension_limit);
  // Point 2^(k+1) - 1 is direction k alone. Boost leaves the origin out and numbers from 0 what comes after.
  boost::random::sobol sequence(dimensions);
  for (int digit = 0; digit < index_digits; ++digit) {
    sequence.seed((std::uint64_t{2} << digit) - 2);
    for (std::size_t i = 0; i < dimensions; ++i) directions_.push_back(sequence() >> (64 - digits));
  }
  for (std::size_t i = 0; i < dimensions; ++i) {
    PhiloxEngine engine(seed, stream_id("sobol scrambling"), static_cast<std::uint32_t>(i));
    const LinearScrambling scrambled(engine);
    for (std::size_t k = i; k < directions_.size(); k += dimensions) directions_[k] = scrambled(directions_[k]);
    shift_.push_back(random_digits(engine));
  }
}

void SobolPoints::point(std::uint64_t index, std::span<double> into) const {
  MYELIN_EXPECT(index < point_limit && into.size() == dimensions());
  std::vector<std::uint64_t> point = shift_;
  for (std::uint64_t gray = index ^ index >> 1; gray != 0; gray &= gray - 1) {
    const std::uint64_t* direction = &directions_[static_cast<std::size_t>(std::countr_zero(gray)) * point.size()];
    for (std::size_t i = 0; i < point.size(); ++i) point[i] ^= direction[i];
  }
  std::ranges::transform(point, into.begin(),
                         [](std::uint64_t number) { return std::ldexp(static_cast<double>(number) + 0.5, -digits); });
}

}  // namespace myelin
