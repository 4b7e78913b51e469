#include "study/precision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "engine/conventions.hpp"

namespace myelin::study {

namespace {

constexpr const char* form =
    "write se=100@20000 (standard error 100 of incremental net benefit at 20000 a QALY) or "
    "se.qaly=0.001 (of the mean of an outcome), separated by commas";

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

/// A target, or what is wrong with it.
tl::expected<PrecisionTarget, std::string> read_target(const std::string& text) {
  const std::size_t equals = text.find('='), at = text.find('@');
  const std::string name = trimmed(text.substr(0, equals));
  const bool of_net_benefit = name == "se";
  if (equals == std::string::npos || (!of_net_benefit && !name.starts_with("se.")) ||
      of_net_benefit != (at != std::string::npos))
    return tl::unexpected(fmt::format("'{}' is no precision", text));
  const auto error = number_of(trimmed(text.substr(equals + 1, of_net_benefit ? at - equals - 1 : std::string::npos)));
  if (!error || *error <= 0) return tl::unexpected(fmt::format("the standard error in '{}' is not above 0", text));
  if (!of_net_benefit) return PrecisionTarget{std::nullopt, name.substr(3), *error};
  const auto threshold = number_of(trimmed(text.substr(at + 1)));
  if (!threshold || *threshold < 0) return tl::unexpected(fmt::format("the threshold in '{}' is not 0 or more", text));
  return PrecisionTarget{threshold, "", *error};
}

std::size_t index_of(const std::vector<Outcome>& outcomes, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(outcomes, name, &Outcome::name) - outcomes.begin());
}

}  // namespace

Result<std::vector<PrecisionTarget>> read_precision(const std::string& text, const std::vector<Outcome>& outcomes,
                                                    const SourcePlace& place) {
  std::vector<PrecisionTarget> targets;
  Diagnostics problems;
  std::vector<std::string> names;
  for (const Outcome& outcome : outcomes) names.push_back(outcome.name);
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const auto target = read_target(trimmed(part));
    if (!target) {
      problems.push_back({place, target.error(), form});
    } else if (!target->threshold && std::ranges::find(names, target->outcome) == names.end()) {
      const auto nearest = nearest_name(target->outcome, names);
      problems.push_back({place, fmt::format("there is no outcome '{}'", target->outcome),
                          nearest ? fmt::format("did you mean se.{}?", *nearest) : "name an outcome of the model"});
    } else {
      targets.push_back(*target);
    }
  }
  if (targets.empty() && problems.empty()) problems.push_back({place, "no precision is given", form});
  if (!problems.empty()) return tl::unexpected(problems);
  return targets;
}

double error_reached(const PrecisionTarget& target, const std::vector<Outcome>& outcomes,
                     const engine::PatientSums& sums) {
  const std::size_t values = outcomes.size() * engine::columns;
  double largest = 0;
  if (!target.threshold) {
    for (std::size_t at = index_of(outcomes, target.outcome) * engine::columns; at < sums.outcomes.size(); at += values)
      largest = std::max(largest, sums.outcomes[at].standard_error());
    return largest;
  }
  const std::size_t cost = index_of(outcomes, "cost") * engine::columns,
                    qaly = index_of(outcomes, "qaly") * engine::columns;
  for (std::size_t pair = 0; pair < sums.joint.size(); ++pair) {
    const double of_cost = sums.increments[pair * values + cost].standard_error(),
                 of_qaly = *target.threshold * sums.increments[pair * values + qaly].standard_error();
    const double variance =
        of_cost * of_cost + of_qaly * of_qaly - 2 * *target.threshold * sums.joint[pair].covariance_of_means();
    largest = std::max(largest, std::sqrt(std::max(0.0, variance)));
  }
  return largest;
}

double patients_needed(const std::vector<PrecisionTarget>& targets, const std::vector<Outcome>& outcomes,
                       const engine::PatientSums& sums) {
  double factor = 0;
  for (const PrecisionTarget& target : targets)
    factor = std::max(factor, std::pow(error_reached(target, outcomes, sums) / target.standard_error, 2));
  return factor;
}

}  // namespace myelin::study
