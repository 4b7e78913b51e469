#include "study/prediction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/contract.hpp"
#include "scenario/wording.hpp"
#include "study/evaluate.hpp"
#include "study/resolve.hpp"

namespace myelin::study {

namespace {

enum class Depth { check, values, intervals };

using Values = std::vector<std::optional<double>>;  ///< [member of a group]

void append(Diagnostics& all, const Diagnostics& more) { all.insert(all.end(), more.begin(), more.end()); }

/// The key of `key=value`, as the scenario's messages show it.
std::string key_of(const std::string& override_text) {
  const std::vector<std::string> parts = split(override_text, '=');
  return parts.empty() ? override_text : parts.front();
}

/// Targets of one scenario with the same overrides.
class Group {
 public:
  Group(std::span<const Target> targets, std::vector<std::size_t> members, std::span<const PlacedOverride> overrides,
        const Models& models)
      : targets_(targets),
        members_(std::move(members)),
        models_(models),
        overrides_(overrides.begin(), overrides.end()) {
    for (const std::string& text : first().set) overrides_.push_back({text, first().places.set});
  }

  /// Adds to `found` what is wrong; solves and fills in the predictions only if nothing was wrong before either.
  void predict(Depth depth, const Execution& execution, std::vector<Prediction>& predictions, Diagnostics& found) {
    const std::optional<Plan> plan = make_plan(members_, {}, found);
    if (!plan) return;
    const std::vector<ResolvedMeasure> measures = resolve_all(members_, *plan, found);
    if (depth != Depth::check && found.empty()) {
      const Values values = solve(*plan, measures, execution, found);
      for (std::size_t i = 0; i < values.size(); ++i) predictions[members_[i]].value = values[i];
    }
    if (depth != Depth::values) vary(*plan, depth, execution, predictions, found);
  }

 private:
  const Target& first() const { return targets_[members_.front()]; }

  std::vector<std::string> strategies_of(const std::vector<std::size_t>& members) const {
    std::vector<std::string> names;
    for (const std::size_t member : members) {
      for (const std::string& name : {targets_[member].strategy, targets_[member].measure.versus}) {
        if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
      }
    }
    return names;
  }

  /// The scenario with the strategies that some of the targets need; none, with diagnostics, if it has mistakes.
  std::optional<Plan> make_plan(const std::vector<std::size_t>& members, const std::vector<PlacedOverride>& more,
                                Diagnostics& found) const {
    std::vector<PlacedOverride> overrides = overrides_;
    overrides.insert(overrides.end(), more.begin(), more.end());
    PlanRequest request{first().scenario, {}, strategies_of(members)};
    for (const PlacedOverride& each : overrides) request.overrides.push_back(each.text);
    request.overrides.emplace_back("analysis.engine=cohort");
    Result<Plan> plan = study::make_plan(request, models_);
    if (!plan && plan.error().front().place.file == "--strategies") {
      // Every strategy is planned then, so that each target can say of its own whether it is known.
      request.strategies.clear();
      plan = study::make_plan(request, models_);
    }
    if (plan) return std::move(*plan);
    for (const Diagnostic& problem : plan.error()) add_once(placed(problem, overrides), found);
    return std::nullopt;
  }

  /// Groups share scenarios, so that one mistake shows in several.
  static void add_once(Diagnostic problem, Diagnostics& found) {
    const auto same = [&](const Diagnostic& other) {
      return problem.place.line > 0 && other.place.file == problem.place.file &&
             other.place.line == problem.place.line && other.place.column == problem.place.column;
    };
    if (std::ranges::none_of(found, same)) found.push_back(std::move(problem));
  }

  /// A problem at the place where the user wrote what causes it: an override has none in the scenario.
  Diagnostic placed(Diagnostic problem, const std::vector<PlacedOverride>& overrides) const {
    if (problem.place.file == first().scenario.string() && problem.place.line == 0) {
      problem.place = first().places.scenario;
      return problem;
    }
    for (const PlacedOverride& each : overrides) {
      const std::string key = key_of(each.text);
      if (problem.place.file != "--set " + key) continue;
      problem.place = each.place;
      problem.problem = key + ": " + problem.problem;
      return problem;
    }
    problem.problem = fmt::format("in the scenario of target '{}': {}", first().id, problem.problem);
    return problem;
  }

  /// [member]; a target with mistakes leaves a gap that nobody looks at, because then nothing is solved.
  std::vector<ResolvedMeasure> resolve_all(const std::vector<std::size_t>& members, const Plan& plan,
                                           Diagnostics& found) const {
    std::vector<ResolvedMeasure> measures;
    for (const std::size_t member : members) {
      Result<ResolvedMeasure> measure = resolve(targets_[member], plan.analyses.front());
      if (!measure) append(found, measure.error());
      measures.push_back(measure.value_or(ResolvedMeasure{}));
    }
    return measures;
  }

  Values solve(const Plan& plan, const std::vector<ResolvedMeasure>& measures, const Execution& execution,
               Diagnostics& found) const {
    const PlannedAnalysis& analysis = plan.analyses.front();
    const Result<std::optional<AnalysisOutput>> output = simulate(plan, analysis, execution);
    if (!output) {
      for (Diagnostic problem : output.error()) {
        problem.place = first().places.scenario;
        found.push_back(std::move(problem));
      }
      return {};
    }
    MYELIN_EXPECT(output->has_value());
    Values values;
    for (const ResolvedMeasure& measure : measures) values.push_back(value_of(measure, analysis, **output));
    return values;
  }

  /// Deviations of each target's prediction, one parameter at a time.
  struct Spread {
    double down = 0, up = 0;  ///< sums of squares
    bool known = false;
  };

  void vary(const Plan& plan, Depth depth, const Execution& execution, std::vector<Prediction>& predictions,
            Diagnostics& found) {
    std::map<std::string, std::set<std::size_t>> members_of;  // [path]
    std::map<std::size_t, Spread> spreads;                    // [target]
    for (const std::size_t member : members_) {
      for (const std::string& path : targets_[member].vary) members_of[path].insert(member);
      spreads[member].known = !targets_[member].vary.empty() && predictions[member].value.has_value();
    }
    for (const auto& [path, varied] : members_of) {
      const std::vector<std::size_t> members(varied.begin(), varied.end());
      const std::optional<Interval> range = range_of(path, plan, targets_[members.front()].places.vary, found);
      if (!range) continue;
      std::vector<Values> ends;
      for (const double end : {range->low, range->high})
        ends.push_back(at(path, end, members, depth, execution, found));
      for (std::size_t i = 0; found.empty() && depth == Depth::intervals && i < members.size(); ++i)
        add_deviations(spreads[members[i]], predictions[members[i]].value, {ends[0][i], ends[1][i]});
    }
    for (const auto& [member, spread] : spreads) {
      if (!spread.known) continue;
      const double value = *predictions[member].value;
      predictions[member].interval = Interval{value - std::sqrt(spread.down), value + std::sqrt(spread.up)};
    }
  }

  static void add_deviations(Spread& spread, std::optional<double> value,
                             const std::vector<std::optional<double>>& ends) {
    double down = 0, up = 0;
    for (const std::optional<double>& end : ends) {
      if (!end) spread.known = false;
      if (!end || !value) continue;
      down = std::max(down, *value - *end);
      up = std::max(up, *end - *value);
    }
    spread.down += down * down;
    spread.up += up * up;
  }

  /// The stated range of a parameter.
  static std::optional<Interval> range_of(const std::string& path, const Plan& plan, const SourcePlace& place,
                                          Diagnostics& found) {
    const ParameterSet& parameters = plan.analyses.front().scenario.parameters;
    std::vector<std::string> known;
    for (const ParameterSet::Entry& entry : parameters.entries()) {
      const auto* parameter = std::get_if<Parameter>(&entry.value);
      if (parameter == nullptr || !parameter->provenance.low || !parameter->provenance.high) continue;
      known.push_back(entry.path);
      if (entry.path == path) return Interval{*parameter->provenance.low, *parameter->provenance.high};
    }
    const bool there = parameters.has(path);
    found.push_back({place,
                     there ? "the parameter " + path + " has no low and high" : "the scenario has no parameter " + path,
                     there ? "state its range in the scenario, or leave it out"
                           : scenario::did_you_mean(path, known, "name parameters with a range, separated by ;")});
    return std::nullopt;
  }

  /// The values [of `members`] with a parameter at one end of its range.
  Values at(const std::string& path, double end, const std::vector<std::size_t>& members, Depth depth,
            const Execution& execution, Diagnostics& found) const {
    const SourcePlace& place = targets_[members.front()].places.vary;
    std::optional<Plan> plan = make_plan(members, {{fmt::format("{}={}", path, end), place}}, found);
    if (!plan) return {};
    // The stated range is in the scenario's prices, what is put in its place in those of the file.
    const double put = plan->analyses.front().scenario.parameters.number(path);
    if (put != end) plan = make_plan(members, {{fmt::format("{}={}", path, end * (end / put)), place}}, found);
    if (!plan || !found.empty() || depth == Depth::check) return {};
    const std::vector<ResolvedMeasure> measures = resolve_all(members, *plan, found);
    return found.empty() ? solve(*plan, measures, execution, found) : Values{};
  }

  std::span<const Target> targets_;
  std::vector<std::size_t> members_;
  const Models& models_;
  std::vector<PlacedOverride> overrides_;
};

/// Usable targets by scenario and overrides, in the order of the first of each.
std::vector<std::vector<std::size_t>> group(std::span<const Target> targets) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!targets[i].usable()) continue;
    const auto same = [&](const std::vector<std::size_t>& members) {
      const Target& other = targets[members.front()];
      return other.scenario == targets[i].scenario && other.set == targets[i].set;
    };
    const auto found = std::ranges::find_if(groups, same);
    if (found == groups.end()) {
      groups.push_back({i});
    } else {
      found->push_back(i);
    }
  }
  return groups;
}

Result<std::vector<Prediction>> predict_at(Depth depth, std::span<const Target> targets,
                                           std::span<const PlacedOverride> overrides, const Models& models,
                                           Execution execution) {
  execution.interrupted = nullptr;  // half of the predictions are of no use to anybody
  std::vector<Prediction> predictions(targets.size());
  Diagnostics found;
  for (std::vector<std::size_t>& members : group(targets))
    Group(targets, std::move(members), overrides, models).predict(depth, execution, predictions, found);
  if (!found.empty()) return tl::unexpected(found);
  return predictions;
}

}  // namespace

std::optional<bool> Prediction::inside(const Target& target) const {
  return value && target.interval ? std::optional(target.interval->contains(*value)) : std::nullopt;
}

std::optional<bool> Prediction::overlaps(const Target& target) const {
  return interval && target.interval ? std::optional(target.interval->overlaps(*interval)) : std::nullopt;
}

Result<std::vector<Prediction>> predict(std::span<const Target> targets, const Models& models,
                                        const Execution& execution) {
  return predict_at(Depth::intervals, targets, {}, models, execution);
}

Result<std::vector<std::optional<double>>> predict_values(std::span<const Target> targets,
                                                          std::span<const PlacedOverride> overrides,
                                                          const Models& models, const Execution& execution) {
  const Result<std::vector<Prediction>> predictions = predict_at(Depth::values, targets, overrides, models, execution);
  if (!predictions) return tl::unexpected(predictions.error());
  std::vector<std::optional<double>> values;
  for (const Prediction& prediction : *predictions) values.push_back(prediction.value);
  return values;
}

Diagnostics check_targets(std::span<const Target> targets, const Models& models) {
  const Result<std::vector<Prediction>> checked = predict_at(Depth::check, targets, {}, models, {});
  return checked ? Diagnostics{} : checked.error();
}

}  // namespace myelin::study
