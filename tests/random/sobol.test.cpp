#include "random/sobol.hpp"

#include <algorithm>
#include <bit>
#include <boost/random/sobol.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "support/statistics.hpp"

using namespace myelin;

namespace {

using Point = std::vector<double>;

std::vector<Point> sobol_points(std::size_t dimensions, std::size_t count, Seed seed) {
  const SobolPoints sequence(dimensions, seed);
  std::vector<Point> points(count, Point(dimensions));
  for (std::size_t i = 0; i < count; ++i) sequence.point(i, points[i]);
  return points;
}

std::vector<Point> random_points(std::size_t dimensions, std::size_t count, Seed seed) {
  PhiloxEngine engine(seed, stream_id("points"), 0);
  std::vector<Point> points(count, Point(dimensions));
  for (Point& point : points) {
    for (double& coordinate : point) coordinate = (engine() + 0.5) * 0x1p-32;
  }
  return points;
}

/// The 52 binary digits of a coordinate.
std::uint64_t digits_of(double coordinate) { return static_cast<std::uint64_t>(std::ldexp(coordinate, 52)); }

/// The number of binary digits in which two numbers of 52 agree before they differ.
int common_digits(std::uint64_t a, std::uint64_t b) { return std::countl_zero(a ^ b) - 12; }

/// How far the share of points in a box [0, x) x [0, y) is from its area, at most, times the number of points. The
/// extremes lie where x and y are coordinates of points or 1, with the points on the edge left out or counted.
double star_discrepancy_in_points(const std::vector<Point>& points) {
  const std::size_t count = points.size();
  std::vector<double> ys;
  for (const Point& point : points) ys.push_back(point[1]);
  std::vector<Point> by_x = points;
  std::ranges::sort(by_x);
  std::ranges::sort(ys);
  std::vector<int> below(count + 1);  // [rank of y]: points among those passed that lie below that y
  double worst = 0;
  const auto n = static_cast<double>(count);
  for (std::size_t passed = 0; passed <= count; ++passed) {
    const double x = passed == count ? 1 : by_x[passed][0];
    for (std::size_t rank = 0; rank <= count; ++rank)
      worst = std::max(worst, n * x * (rank == count ? 1 : ys[rank]) - below[rank]);
    if (passed == count) break;
    const auto own = static_cast<std::size_t>(std::ranges::lower_bound(ys, by_x[passed][1]) - ys.begin());
    for (std::size_t rank = own + 1; rank <= count; ++rank) ++below[rank];
    for (std::size_t rank = 0; rank < count; ++rank) worst = std::max(worst, below[rank + 1] - n * x * ys[rank]);
  }
  return worst;
}

/// The mean, over seeds, of the squared error of the mean of a product whose integral is 1.
double mean_squared_error(const std::function<std::vector<Point>(Seed)>& make) {
  constexpr int seeds = 16;
  double squares = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    double sum = 0;
    const std::vector<Point> points = make({seed});
    for (const Point& point : points) {
      double product = 1;
      for (const double x : point) product *= 1 + (x * x - 1.0 / 3);
      sum += product;
    }
    squares += std::pow(sum / static_cast<double>(points.size()) - 1, 2) / seeds;
  }
  return squares;
}

}  // namespace

TEST_CASE("Boost's sequence is that of Joe and Kuo") {
  // The first points of two dimensions after the origin, as Boost documents them.
  boost::random::sobol sequence(2);
  for (const double expected : {0.5, 0.5, 0.75, 0.25, 0.25, 0.75, 0.375, 0.375, 0.875, 0.875})
    CHECK(static_cast<double>(sequence()) * 0x1p-64 == expected);
}

TEST_CASE("scrambling keeps how many digits any two points of Sobol's sequence share") {
  // The invariant of a nested scrambling (Owen 1995): so every property of the sequence as a net is kept.
  constexpr std::size_t dimensions = SobolPoints::dimension_limit, count = 256;
  boost::random::sobol sequence(dimensions);
  std::vector<std::vector<std::uint64_t>> plain(count, std::vector<std::uint64_t>(dimensions));
  for (std::size_t i = 1; i < count; ++i) std::ranges::generate(plain[i], [&] { return sequence() >> 12; });
  const std::vector<Point> points = sobol_points(dimensions, count, {7});
  std::size_t differences = 0;
  for (const std::size_t d : {0u, 1u, 2u, 3u, 17u, 300u, 3666u}) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < i; ++j)
        differences +=
            common_digits(plain[i][d], plain[j][d]) != common_digits(digits_of(points[i][d]), digits_of(points[j][d]));
    }
  }
  CHECK(differences == 0);
}

TEST_CASE("each dimension of 1,024 points has one in every interval of that share") {
  const std::vector<Point> points = sobol_points(SobolPoints::dimension_limit, 1024, {11});
  std::size_t missing = 0;
  for (std::size_t d = 0; d < SobolPoints::dimension_limit; ++d) {
    std::vector<bool> met(1024);
    for (const Point& point : points) met[static_cast<std::size_t>(point[d] * 1024)] = true;
    missing += static_cast<std::size_t>(std::ranges::count(met, false));
  }
  CHECK(missing == 0);
}

TEST_CASE("a point depends on its number, the seed and the dimension alone") {
  const SobolPoints three(3, {5}), five(5, {5}), other(3, {6});
  CHECK(five.dimensions() == 5);
  Point a(3), b(5), c(3), again(3);
  for (const std::uint64_t index :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{77}, SobolPoints::point_limit - 1}) {
    CAPTURE(index);
    three.point(index, a);
    five.point(index, b);
    other.point(index, c);
    three.point(index ^ 1, again);
    CHECK(again != a);
    three.point(index, again);
    CHECK(again == a);
    for (std::size_t d = 0; d < 3; ++d) {
      CHECK(a[d] == b[d]);
      CHECK(a[d] != c[d]);
      CHECK(a[d] > 0);
      CHECK(a[d] < 1);
    }
    CHECK(a[0] != a[1]);
  }
}

TEST_CASE("the seed changes more than a shift: also in which digits two points differ") {
  const std::vector<Point> one = sobol_points(2, 8, {5}), other = sobol_points(2, 8, {6});
  for (std::size_t d = 0; d < 2; ++d)
    CHECK((digits_of(one[7][d]) ^ digits_of(one[0][d])) != (digits_of(other[7][d]) ^ digits_of(other[0][d])));
}

TEST_CASE("two dimensions are as even as is proven, and random points are not") {
  // The first 2^m points have one in each box of area 2^-m with sides that are negative powers of 2. A side from 0 to x
  // is the sum of m such intervals at most, one of each length, and a remainder shorter than 2^-m. In the strip above
  // each interval the points are one an interval of y, so that the count of a box is out by less than 1; in the strip
  // of the remainder lies one point at most. Hence the discrepancy is m + 1 points at most.
  constexpr int m = 10;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    CHECK(star_discrepancy_in_points(sobol_points(2, 1 << m, {seed})) <= m + 1);
    CHECK(star_discrepancy_in_points(random_points(2, 1 << m, {seed})) > m + 1);
  }
}

TEST_CASE("the integral of a smooth function of six numbers converges faster than with random points") {
  // Errors of random points: the variance of the product is that of its factors, E[f]^6 - 1 with E[f] = 1 + 4/45.
  const double variance = std::pow(1 + 4.0 / 45, 6) - 1;
  for (const std::size_t count : {1024u, 4096u}) {
    CAPTURE(count);
    const double random_error = variance / static_cast<double>(count);
    CHECK(mean_squared_error([&](Seed seed) { return sobol_points(6, count, seed); }) < random_error / 100);
    CHECK(mean_squared_error([&](Seed seed) { return random_points(6, count, seed); }) > random_error / 100);
  }
}

TEST_CASE("over seeds, each point is uniform over the square") {
  constexpr int seeds = 20000;
  constexpr std::size_t comparisons = 9;  // a mean, a variance and a covariance of three points
  // Finds, with a probability of 99.9 %, a mean that is wrong by 0.022.
  REQUIRE(test::detectable_in_standard_errors(comparisons) / std::sqrt(12.0 * seeds) < 0.022);
  const std::uint64_t indices[] = {0, 1, 6};
  Point mean(3), variance(3), covariance(3);
  double without_shift = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const SobolPoints sequence(2, {seed});
    Point point(2), origin(2);
    sequence.point(0, origin);
    for (std::size_t i = 0; i < 3; ++i) {
      sequence.point(indices[i], point);
      mean[i] += point[0] / seeds;
      variance[i] += std::pow(point[0] - 0.5, 2) / seeds;
      covariance[i] += (point[0] - 0.5) * (point[1] - 0.5) / seeds;
    }
    without_shift += std::ldexp(static_cast<double>(digits_of(point[0]) ^ digits_of(origin[0])), -52) / seeds;
  }
  const double root_n = std::sqrt(seeds);
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(indices[i]);
    CHECK(test::stat_check(mean[i], 0.5, 1 / std::sqrt(12.0) / root_n, comparisons));
    CHECK(test::stat_check(variance[i], 1.0 / 12, std::sqrt(1.0 / 180) / root_n, comparisons));
    CHECK(test::stat_check(covariance[i], 0, 1.0 / 12 / root_n, comparisons));
  }
  // The twin that must fail: scrambled without a shift, the digits before the first 1 never change.
  CHECK_FALSE(test::stat_check(without_shift, 0.5, 1 / std::sqrt(12.0) / root_n, comparisons));
}
