#include "study/parameter_draws.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "random/sobol.hpp"
#include "study/joint_groups.hpp"

namespace myelin::study {

namespace {

std::size_t dimensions(const std::vector<DrawRule>& rules) {
  std::size_t count = 0;
  for (const DrawRule& rule : rules) count += rule.dimensions.size();
  return count;
}

/// Numbers strictly between 0 and 1 for the dimensions of all rules.
class Points {
 public:
  Points(bool sobol, Seed seed, const std::vector<DrawRule>& rules) : seed_(seed), point_(dimensions(rules)) {
    if (sobol && !point_.empty()) sobol_.emplace(point_.size(), seed);
  }

  /// Moves on to a draw, for which the numbers of its rules are then asked in order.
  void begin(std::size_t draw) {
    draw_ = draw;
    next_ = 0;
    if (sobol_) sobol_->point(draw, point_);
  }

  std::span<const double> take(const std::vector<std::string>& dimensions) {
    const std::span<double> numbers(point_.data() + next_, dimensions.size());
    next_ += dimensions.size();
    if (sobol_) return numbers;
    for (std::size_t i = 0; i < dimensions.size(); ++i) numbers[i] = uniform(dimensions[i]);
    return numbers;
  }

 private:
  double uniform(const std::string& dimension) const {
    PhiloxEngine engine(seed_, stream_id("input " + dimension), static_cast<std::uint32_t>(draw_));
    const std::uint64_t high = engine() >> 6, low = engine() >> 6;
    return std::ldexp(static_cast<double>(high << 26 | low) + 0.5, -52);
  }

  Seed seed_;
  std::optional<SobolPoints> sobol_;
  std::vector<double> point_;
  std::size_t draw_ = 0, next_ = 0;
};

Diagnostic out_of_range(const ParameterSet::Number& number, const ParameterSet::Entry& entry, double value,
                        std::size_t draw) {
  const auto end = [](const std::optional<double>& bound, const char* none) {
    return bound ? fmt::format("{}", *bound) : none;
  };
  return {entry.place,
          fmt::format("draw {} of {} is {:.6g}, out of its range {} to {} (distribution {})", draw, number.name, value,
                      end(entry.low, "-infinity"), end(entry.high, "infinity"), number.provenance->distribution),
          "choose a distribution that stays in the range, such as beta or gamma, or add `between ... and ...`"};
}

}  // namespace

Result<ParameterDraws> ParameterDraws::make(const scenario::Scenario& scenario, Seed seed, std::size_t draws) {
  const ParameterSet& parameters = scenario.parameters;
  const std::vector<ParameterSet::Number> numbers = parameters.numbers();
  Diagnostics found;
  const std::vector<DrawRule> rules = draw_rules(scenario, found);
  ParameterDraws made;
  made.draws_ = draws;
  for (const DrawRule& rule : rules) {
    for (const std::size_t member : rule.members)
      made.inputs_.push_back({numbers[member].name, numbers[member].cell, numbers[member].value});
  }
  if (made.inputs_.empty() && found.empty()) {
    found.push_back({parameters.entry("analysis.draws").place, "no input of the scenario has a distribution",
                     "give uncertain inputs a distribution, or leave out the draws"});
  }
  const bool sobol = parameters.text("analysis.draw_points") == "sobol";
  if (const std::size_t size = dimensions(rules); sobol && size > SobolPoints::dimension_limit) {
    found.push_back(
        {parameters.entry("analysis.draw_points").place,
         fmt::format("{} numbers vary, and the Sobol sequence has {} dimensions", size, SobolPoints::dimension_limit),
         "choose random points"});
  }
  if (!found.empty()) return tl::unexpected(found);
  Points points(sobol, seed, rules);
  made.values_.resize(draws * made.inputs_.size());
  std::vector<bool> told(made.inputs_.size());
  for (std::size_t draw = 0; draw < draws; ++draw) {
    points.begin(draw);
    std::size_t input = 0;
    for (const DrawRule& rule : rules) {
      const std::span<double> values(&made.values_[draw * made.inputs_.size() + input], rule.members.size());
      rule.draw(draw, points.take(rule.dimensions), values);
      for (std::size_t i = 0; i < values.size(); ++i, ++input) {
        const ParameterSet::Number& number = numbers[rule.members[i]];
        const ParameterSet::Entry& entry = parameters.entries()[number.cell.entry];
        const bool inside = std::isfinite(values[i]) && values[i] >= entry.low.value_or(values[i]) &&
                            values[i] <= entry.high.value_or(values[i]);
        if (inside || told[input]) continue;
        told[input] = true;
        found.push_back(out_of_range(number, entry, values[i], draw));
      }
    }
  }
  if (!found.empty()) return tl::unexpected(found);
  return made;
}

void ParameterDraws::put(std::size_t draw, ParameterSet& parameters) const {
  for (std::size_t i = 0; i < inputs_.size(); ++i) parameters.set(inputs_[i].cell, values_[draw * inputs_.size() + i]);
}

InputMoments moments_of_inputs(const scenario::Scenario& scenario) {
  constexpr std::size_t draws = 4096;
  constexpr Seed seed{0};
  Diagnostics ignored;
  const std::vector<DrawRule> rules = draw_rules(scenario, ignored);
  std::size_t inputs = 0;
  for (const DrawRule& rule : rules) inputs += rule.members.size();
  if (dimensions(rules) > SobolPoints::dimension_limit) {
    const std::vector<double> unknown(inputs, std::numeric_limits<double>::quiet_NaN());
    return {unknown, unknown};
  }
  Points points(true, seed, rules);
  std::vector<double> values(inputs), first;
  InputMoments moments{std::vector<double>(inputs), std::vector<double>(inputs)};
  for (std::size_t draw = 0; draw < draws; ++draw) {
    points.begin(draw);
    auto next = values.begin();
    for (const DrawRule& rule : rules) {
      rule.draw(draw, points.take(rule.dimensions), {next, rule.members.size()});
      next += static_cast<std::ptrdiff_t>(rule.members.size());
    }
    if (first.empty()) first = values;
    // About the first draw, so that squares of nearly equal numbers do not cancel.
    for (std::size_t i = 0; i < inputs; ++i) {
      moments.means[i] += (values[i] - first[i]) / draws;
      moments.variances[i] += (values[i] - first[i]) * (values[i] - first[i]) / draws;
    }
  }
  for (std::size_t i = 0; i < inputs; ++i) {
    moments.variances[i] = std::max(0.0, moments.variances[i] - moments.means[i] * moments.means[i]);
    moments.means[i] += first[i];
  }
  return moments;
}

UncertainInputs uncertain_inputs(const scenario::Scenario& scenario) {
  Diagnostics ignored;
  const auto numbers = scenario.parameters.numbers();
  std::vector<bool> varies(numbers.size());
  for (const DrawRule& rule : draw_rules(scenario, ignored)) {
    for (const std::size_t member : rule.members) varies[member] = true;
  }
  UncertainInputs uncertain;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const Provenance& provenance = *numbers[i].provenance;
    if (varies[i]) uncertain.varied.push_back(numbers[i].name);
    if (!varies[i] && !provenance.spread && (provenance.low || provenance.high))
      uncertain.left_out.push_back(numbers[i].name);
  }
  return uncertain;
}

bool fits_pattern(const std::string& name, const std::string& pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string::npos) return name == pattern;
  if (name.compare(0, star, pattern, 0, star) != 0) return false;
  const std::string rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= name.size(); ++at) {
    if (fits_pattern(name.substr(at), rest)) return true;
  }
  return false;
}

}  // namespace myelin::study
