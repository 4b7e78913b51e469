#include "study/target.hpp"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>

#include "core/contract.hpp"

namespace myelin::study {

const char* name_of(Use use) { return use == Use::fit ? "fit" : use == Use::held_out ? "held_out" : "unusable"; }

const char* name_of(IntervalFrom from) {
  return from == IntervalFrom::none ? "none" : from == IntervalFrom::stated ? "stated" : "exact_binomial";
}

std::uint64_t Target::count() const {
  MYELIN_EXPECT(n.has_value());
  return static_cast<std::uint64_t>(std::llround(observed * static_cast<double>(*n)));
}

Interval exact_binomial_interval(std::uint64_t count, std::uint64_t n, double level) {
  MYELIN_EXPECT(n > 0 && count <= n && level > 0 && level < 1);
  using Beta = boost::math::beta_distribution<double>;
  const double k = static_cast<double>(count), size = static_cast<double>(n), tail = (1 - level) / 2;
  return {count == 0 ? 0 : boost::math::quantile(Beta(k, size - k + 1), tail),
          count == n ? 1 : boost::math::quantile(boost::math::complement(Beta(k + 1, size - k), tail))};
}

double standard_error_of(const Interval& interval, double level) {
  MYELIN_EXPECT(level > 0 && level < 1);
  const double z = boost::math::quantile(boost::math::complement(boost::math::normal(), (1 - level) / 2));
  return (interval.high - interval.low) / (2 * z);
}

}  // namespace myelin::study
