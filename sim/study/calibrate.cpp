#include "study/calibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <nlopt.hpp>

#include "study/calibrate_misfit.hpp"
#include "study/calibrate_uncertainty.hpp"

namespace myelin::study {

namespace {

using Point = Misfit::Point;

/// Far more than a search of well-behaved parameters needs.
std::size_t most_evaluations(std::size_t parameters) { return 500 * (parameters + 1); }

/// The starts: the values given, by the middle where none is; then the Sobol sequence, whose first point is the middle.
std::vector<Point> starts_of(const CalibrationSpec& spec, const Misfit& misfit) {
  const std::size_t parameters = spec.parameters.size();
  std::vector<double> middle = misfit.values_at(Point(parameters, 0.5));
  for (std::size_t i = 0; i < parameters; ++i) middle[i] = spec.parameters[i].start.value_or(middle[i]);
  std::vector<Point> starts = {misfit.point_of(middle)};
  boost::random::sobol sequence(parameters);
  sequence.discard(parameters);
  while (starts.size() < spec.starts) {
    Point& start = starts.emplace_back();
    for (std::size_t i = 0; i < parameters; ++i)
      start.push_back(std::ldexp(static_cast<double>(sequence()), -std::numeric_limits<std::uint64_t>::digits));
  }
  return starts;
}

struct Search {
  const Misfit& misfit;
  nlopt::algorithm algorithm;
  bool meets_infinity = false;
};

double evaluate(const Point& point, Point&, void* data) {
  auto& search = *static_cast<Search*>(data);
  const double value = search.misfit(point);
  if (std::isfinite(value)) return value;
  search.meets_infinity = true;
  // A quadratic model cannot pass through infinity; a simplex can walk away from it.
  if (search.algorithm == nlopt::LN_BOBYQA) throw nlopt::forced_stop();
  return HUGE_VAL;
}

/// Moves `point` to a local optimum; whether it got there.
bool minimise(Search& search, double tolerance, Point& point, double& objective) {
  constexpr double first_step = 0.1;  // of each parameter's range
  nlopt::opt optimiser(search.algorithm, static_cast<unsigned>(point.size()));
  optimiser.set_min_objective(evaluate, &search);
  optimiser.set_lower_bounds(0.0);
  optimiser.set_upper_bounds(1.0);
  optimiser.set_initial_step(first_step);
  optimiser.set_xtol_abs(tolerance);
  optimiser.set_maxeval(static_cast<int>(most_evaluations(point.size())));
  try {
    return optimiser.optimize(point, objective) != nlopt::MAXEVAL_REACHED;
  } catch (const nlopt::roundoff_limited&) {
    return true;  // as near as the numbers allow
  } catch (const nlopt::forced_stop&) {
    return false;
  }
}

LocalSearch search_from(const Point& start, const Misfit& misfit, double tolerance) {
  LocalSearch result;
  result.start = misfit.values_at(start);
  result.end = result.start;
  result.objective = misfit(start);
  if (!std::isfinite(result.objective)) return result;
  for (const nlopt::algorithm algorithm : {nlopt::LN_BOBYQA, nlopt::LN_NELDERMEAD}) {
    Search search{misfit, algorithm};
    Point point = start;
    double objective = 0;
    result.converged = minimise(search, tolerance, point, objective);
    if (algorithm == nlopt::LN_BOBYQA && search.meets_infinity) continue;
    result.end = misfit.values_at(point);
    result.objective = objective;
    break;
  }
  return result;
}

void warn(Calibration& calibration, const CalibrationSpec& spec, std::size_t targets) {
  std::vector<std::string>& warnings = calibration.warnings;
  if (targets < spec.parameters.size())
    warnings.push_back(fmt::format("{} targets cannot determine {} parameters", targets, spec.parameters.size()));
  const auto lost = std::ranges::count_if(calibration.searches,
                                          [](const LocalSearch& search) { return !std::isfinite(search.objective); });
  if (lost > 0) warnings.push_back(fmt::format("{} of {} starts cannot be predicted", lost, spec.starts));
  const auto stopped = std::ranges::count_if(calibration.searches, [](const LocalSearch& search) {
    return std::isfinite(search.objective) && !search.converged;
  });
  if (stopped > 0) {
    warnings.push_back(fmt::format("{} searches stopped at {} evaluations before they reached the tolerance", stopped,
                                   most_evaluations(spec.parameters.size())));
  }
  if (calibration.reached == 1 && spec.starts > 1)
    warnings.emplace_back("one start alone reached the optimum: there may be a better one; use more starts");
}

}  // namespace

Result<Calibration> calibrate(const CalibrationSpec& spec, std::span<const Target> targets, const Models& models,
                              const Execution& execution) {
  const Misfit misfit(spec, targets, models, execution);
  const std::vector<Point> starts = starts_of(spec, misfit);
  if (const auto first = misfit.predict(starts.front()); !first) return tl::unexpected(first.error());
  Calibration calibration;
  for (const Point& start : starts) calibration.searches.push_back(search_from(start, misfit, spec.tolerance));
  const auto best = std::ranges::min_element(calibration.searches, {}, &LocalSearch::objective);
  if (!std::isfinite(best->objective)) {
    return tl::unexpected(Diagnostics{{{spec.path, 0, 0},
                                       "from none of the starts do all targets have a number",
                                       "start where the model is sound, or leave out targets"}});
  }
  calibration.estimate = best->end;
  calibration.objective = best->objective;
  calibration.reached =
      static_cast<std::size_t>(std::ranges::count_if(calibration.searches, [&](const LocalSearch& search) {
        return search.objective <= best->objective + same_optimum;
      }));
  const Point optimum = misfit.point_of(calibration.estimate);
  calibration.fitted = misfit.predict(optimum).value();
  for (std::size_t i = 0; i < targets.size(); ++i)
    calibration.parts.push_back(misfit.part(targets[i], calibration.fitted[i]));
  warn(calibration, spec, targets.size());
  calibration.uncertainty = uncertainty_at(spec, misfit, optimum);
  std::vector<std::string>& warnings = calibration.uncertainty.warnings;
  calibration.warnings.insert(calibration.warnings.end(), warnings.begin(), warnings.end());
  return calibration;
}

}  // namespace myelin::study
