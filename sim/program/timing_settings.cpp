#include "program/timing_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/contract.hpp"

namespace myelin {

namespace {

constexpr const char* length_key = "analysis.cycle_length_years";
constexpr const char* horizon_key = "analysis.horizon_years";
constexpr const char* correction_key = "analysis.within_cycle_correction";
constexpr const char* weights_key = "analysis.within_cycle_weights";
const std::string later_rates = "analysis.discount_later";

template <class Convention>
Convention chosen(const Choices<Convention>& choices, const std::string& name) {
  const auto found = std::ranges::find(choices, name, &std::pair<std::string, Convention>::first);
  MYELIN_EXPECT(found != choices.end());
  return found->second;
}

double cycles_of(const ParameterSet& parameters) {
  return parameters.number(horizon_key) / parameters.number(length_key);
}

DiscountRate read_discount(const ParameterSet& parameters, const std::string& what) {
  DiscountRate rate = DiscountRate::constant(parameters.number("analysis.discount_" + what));
  rate.compounded = parameters.text("analysis.discount_compounding") == "annual";
  for (const std::string& name : parameters.names_under(later_rates)) {
    const std::string path = later_rates + "." + name + ".";
    rate.steps.push_back({Years{parameters.number(path + "from_year")}, parameters.number(path + what)});
  }
  return rate;
}

class TimingCheck {
 public:
  explicit TimingCheck(const ParameterSet& parameters) : parameters_(parameters) {}

  /// The number of cycles, where the horizon gives one.
  std::optional<std::uint32_t> cycles() {
    if (!parameters_.is_sound(length_key) || !parameters_.is_sound(horizon_key)) return std::nullopt;
    const double cycles = cycles_of(parameters_);
    if (std::abs(cycles - std::round(cycles)) > whole_cycles_tolerance) {
      refuse(horizon_key, fmt::format("the horizon is {} cycles, not a whole number", cycles),
             "choose a multiple of the cycle length");
      return std::nullopt;
    }
    if (std::round(cycles) < 1) {
      refuse(horizon_key, "the horizon is shorter than a cycle", "choose a multiple of the cycle length");
      return std::nullopt;
    }
    return static_cast<std::uint32_t>(std::lround(cycles));
  }

  void correction(std::optional<std::uint32_t> cycles) {
    if (!parameters_.is_sound(correction_key)) return;
    const WithinCycleCorrection correction = chosen(within_cycle_corrections(), parameters_.text(correction_key));
    if (correction == WithinCycleCorrection::simpson && cycles && *cycles % 2 != 0) {
      refuse(correction_key,
             fmt::format("Simpson's rule needs an even number of cycles, but the horizon is {} cycles", *cycles),
             "choose an even number of cycles, or within_cycle_correction = \"trapezoid\"");
    }
    custom_weights(correction == WithinCycleCorrection::custom, cycles);
  }

  void later_rates_in_order() {
    double before = 0;
    for (const std::string& name : parameters_.names_under(later_rates)) {
      const std::string key = later_rates + "." + name + ".from_year";
      if (!parameters_.is_sound(key)) continue;
      const double from = parameters_.number(key);
      if (from <= before) {
        refuse(key,
               fmt::format("the discount rates '{}' begin in year {}, not after the rates before them (year {})", name,
                           from, before),
               "write the later rates in order of from_year, the first after year 0");
      }
      before = from;
    }
  }

  Diagnostics found() { return std::move(found_); }

 private:
  void refuse(const std::string& key, std::string problem, std::string remedy) {
    found_.push_back({parameters_.entry(key).place, std::move(problem), std::move(remedy)});
  }

  void custom_weights(bool wanted, std::optional<std::uint32_t> cycles) {
    if (!parameters_.has(weights_key)) {
      if (!wanted) return;
      return refuse(correction_key, fmt::format("the custom correction has no {}", weights_key),
                    "add it: a weight for each time point, the start and the horizon's end too");
    }
    if (!wanted) {
      return refuse(weights_key, fmt::format("{} does nothing without the custom correction", weights_key),
                    "remove it, or write within_cycle_correction = \"custom\"");
    }
    if (!cycles || !parameters_.is_sound(weights_key)) return;
    const std::size_t points = *cycles + std::size_t{1}, weights = parameters_.number_list(weights_key).size();
    if (weights != points) {
      refuse(weights_key,
             fmt::format("{} cycles have {} time points, but there are {} weights", *cycles, points, weights),
             "write a weight for each time point, the start and the horizon's end too");
    }
  }

  const ParameterSet& parameters_;
  Diagnostics found_;
};

}  // namespace

Timing read_timing(const ParameterSet& parameters) {
  Timing timing;
  timing.cycle_length = Years{parameters.number(length_key)};
  timing.cycles = static_cast<std::uint32_t>(std::lround(cycles_of(parameters)));
  timing.discounting = chosen(discount_timings(), parameters.text("analysis.discount_timing"));
  timing.correction = chosen(within_cycle_corrections(), parameters.text(correction_key));
  if (parameters.has(weights_key)) timing.custom_weights = parameters.number_list(weights_key);
  return timing;
}

DiscountRate read_discount_cost(const ParameterSet& parameters) { return read_discount(parameters, "cost"); }
DiscountRate read_discount_qaly(const ParameterSet& parameters) { return read_discount(parameters, "qaly"); }

Diagnostics check_timing(const ParameterSet& parameters) {
  TimingCheck check(parameters);
  check.correction(check.cycles());
  check.later_rates_in_order();
  return check.found();
}

}  // namespace myelin
