#include "study/resolve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "program/timing_settings.hpp"
#include "scenario/wording.hpp"

namespace myelin::study {

namespace {

using scenario::quote;

/// A tally at time points that counts all the living.
struct PointTally {
  const Step* step = nullptr;
  std::size_t index = 0;  ///< among the tallies of StrategyOutput
  const Tally& counts() const { return std::get<Tally>(step->action); }
};

std::vector<PointTally> point_tallies(const Program& program) {
  std::vector<PointTally> found;
  std::size_t index = 0;
  for (const Phase phase : {Phase::start, Phase::point}) {
    for (const Step& step : program.steps(phase)) {
      if (!std::holds_alternative<Tally>(step.action)) continue;
      if (phase == Phase::point && !step.guard) found.push_back({&step, index});
      ++index;
    }
  }
  return found;
}

class Resolver {
 public:
  Resolver(const Target& target, const PlannedAnalysis& analysis)
      : target_(target), measure_(target.measure), analysis_(analysis) {
    resolved_.kind = measure_.kind;
    resolved_.cycle_length_years = read_timing(parameters()).cycle_length.value;
  }

  Result<ResolvedMeasure> resolve() {
    const auto strategy = find_strategy(target_.strategy, target_.places.strategy);
    if (!measure_.versus.empty()) {
      resolved_.versus = find_strategy(measure_.versus, target_.places.measure).value_or(0);
      if (strategy && resolved_.versus == *strategy && found_.empty())
        refuse("the strategy is compared with itself", "name another strategy behind `versus`");
    }
    if (!strategy) return tl::unexpected(found_);
    resolved_.strategy = *strategy;
    program_ = &analysis_.programs[*strategy];
    read_year();
    switch (measure_.kind) {
      case MeasureKind::total:
      case MeasureKind::discounted:
      case MeasureKind::increment:
        resolved_.outcome = find_outcome(measure_.name);
        break;
      case MeasureKind::icer:
        resolved_.outcome = find_outcome("cost");
        break;
      case MeasureKind::survival:
        any_tally();
        break;
      case MeasureKind::share:
      case MeasureKind::mean:
      case MeasureKind::change:
        levels_of_tally();
        break;
      case MeasureKind::free:
      case MeasureKind::median:
        event();
        break;
    }
    if (!found_.empty()) return tl::unexpected(found_);
    return std::move(resolved_);
  }

 private:
  const ParameterSet& parameters() const { return analysis_.scenario.parameters; }

  void refuse(std::string problem, std::string remedy) {
    found_.push_back({target_.places.measure, std::move(problem), std::move(remedy)});
  }

  std::optional<std::size_t> find_strategy(const std::string& name, const SourcePlace& place) {
    const auto found = std::ranges::find(analysis_.strategies, name);
    if (found != analysis_.strategies.end()) return static_cast<std::size_t>(found - analysis_.strategies.begin());
    const std::vector<std::string> known = parameters().names_under("strategies");
    found_.push_back({place, "the scenario has no strategy " + quote(name),
                      scenario::did_you_mean(name, known, "name one of " + scenario::listed(known))});
    return std::nullopt;
  }

  void read_year() {
    if (!measure_.year) return;
    const double years = *measure_.year, points = years / resolved_.cycle_length_years;
    const double horizon = program_->cycles * resolved_.cycle_length_years;
    if (points > program_->cycles + whole_cycles_tolerance) {
      return refuse(fmt::format("year {} is beyond the horizon of {:.6g} years", years, horizon),
                    "name an earlier year, or set a longer horizon");
    }
    if (std::abs(points - std::round(points)) > whole_cycles_tolerance) {
      return refuse(
          fmt::format("year {} is no time point: a cycle is {:.6g} years", years, resolved_.cycle_length_years),
          "name a year at the end of a cycle, or set another cycle length");
    }
    resolved_.time = static_cast<std::uint32_t>(std::llround(points));
    if (measure_.kind == MeasureKind::total) until();
  }

  void until() {
    Timing timing = read_timing(parameters());
    if (resolved_.time == timing.cycles) return;
    timing.cycles = resolved_.time;
    if (timing.cycles == 0) refuse("nothing is accrued until year 0", "name a later year");
    if (timing.correction == WithinCycleCorrection::simpson && timing.cycles % 2 != 0) {
      refuse("Simpson's rule needs an even number of cycles until the year", "name another year");
    }
    if (timing.correction == WithinCycleCorrection::custom) {
      refuse("the scenario's own weights of time points say nothing of an earlier end",
             "set another within-cycle correction, or leave out `until`");
    }
    resolved_.until = std::move(timing);
  }

  OutcomeIndex find_outcome(const std::string& name) {
    std::vector<std::string> known;
    for (const Outcome& outcome : program_->outcomes) known.push_back(outcome.name);
    const auto found = std::ranges::find(known, name);
    if (found != known.end()) return {static_cast<std::size_t>(found - known.begin())};
    refuse("the model has no outcome " + quote(name),
           scenario::did_you_mean(name, known, "name one of " + scenario::listed(known)));
    return {};
  }

  void any_tally() {
    const std::vector<PointTally> tallies = point_tallies(*program_);
    if (tallies.empty()) return refuse("the model has no tally at time points", "choose another measure");
    use(tallies.front());
    std::ranges::fill(resolved_.weights, 1.0);
  }

  void use(const PointTally& tally) {
    resolved_.tally = tally.index;
    resolved_.weights.assign(tally.counts().cells, 0.0);
  }

  struct Counted {
    PointTally tally;
    Read read;
    const Attribute* attribute = nullptr;
  };

  /// A tally by its name, with `.ATTRIBUTE` behind it where it counts by several; none, with a diagnostic, if there is
  /// no such tally or attribute.
  std::optional<Counted> find_tally(const std::string& name) {
    std::vector<std::string> known;
    for (const PointTally& tally : point_tallies(*program_)) {
      const std::vector<Read>& reads = tally.counts().reads;
      for (const Read& read : reads) {
        const Attribute& attribute = program_->attributes[read.attribute.value];
        known.push_back(reads.size() == 1 ? tally.step->name : tally.step->name + "." + attribute.name);
        if (name == known.back() || name == tally.step->name + "." + attribute.name)
          return Counted{tally, read, &attribute};
      }
    }
    refuse("the model has no tally " + quote(name) + " at time points",
           scenario::did_you_mean(name, known,
                                  known.empty() ? "choose another measure" : "name one of " + scenario::listed(known)));
    return std::nullopt;
  }

  bool is_dead(const Counted& counted, std::size_t level) const {
    return counted.read.attribute == program_->death_attribute &&
           level >= static_cast<std::size_t>(program_->first_dead_level);
  }

  /// Gives each cell of a tally the weight of its level.
  void weigh(const Counted& counted, const std::vector<double>& weight_of_level) {
    use(counted.tally);
    const auto stride = static_cast<std::size_t>(counted.read.stride);
    for (std::size_t cell = 0; cell < resolved_.weights.size(); ++cell)
      resolved_.weights[cell] = weight_of_level[cell / stride % weight_of_level.size()];
  }

  /// The numbers that the levels of the living are; none, with a diagnostic, if one is no number.
  std::optional<std::vector<double>> numbers_of(const Counted& counted) {
    std::vector<double> numbers;
    for (std::size_t level = 0; level < counted.attribute->levels.size(); ++level) {
      const std::string& name = counted.attribute->levels[level];
      const std::optional<double> number = is_dead(counted, level) ? 0 : number_in(name);
      if (!number) {
        refuse(fmt::format("the level {} of {} is no number", quote(name), counted.attribute->name),
               "choose an attribute whose levels are numbers");
        return std::nullopt;
      }
      numbers.push_back(*number);
    }
    return numbers;
  }

  void levels_of_tally() {
    const std::optional<Counted> counted = find_tally(measure_.name);
    if (!counted) return;
    const bool compared = measure_.levels.starts_with('<') || measure_.levels.starts_with('>');
    if (measure_.kind == MeasureKind::share && !compared) return named_levels(*counted);
    std::optional<std::vector<double>> numbers = numbers_of(*counted);
    if (!numbers) return;
    if (measure_.kind == MeasureKind::share && !compare(*counted, *numbers)) return;
    weigh(*counted, *numbers);
  }

  void named_levels(const Counted& counted) {
    const std::vector<std::string>& levels = counted.attribute->levels;
    std::vector<double> chosen(levels.size(), 0.0);
    for (const std::string& name : split(measure_.levels, '|')) {
      const auto found = std::ranges::find(levels, name);
      const auto level = static_cast<std::size_t>(found - levels.begin());
      if (found == levels.end()) {
        refuse(fmt::format("{} has no level {}", counted.attribute->name, quote(name)),
               scenario::did_you_mean(name, levels, "name one of " + scenario::listed(levels)));
      } else if (is_dead(counted, level)) {
        refuse(fmt::format("the level {} means dead, and a share is of the living", quote(name)),
               "predict `survival at YEAR`");
      } else {
        chosen[level] = 1;
      }
    }
    weigh(counted, chosen);
  }

  /// Turns numbers of levels into 1 where they meet `>=6` and 0 where not; false, with a diagnostic, if none does.
  bool compare(const Counted& counted, std::vector<double>& numbers) {
    const std::string& text = measure_.levels;
    const bool or_equal = text.size() > 1 && text[1] == '=', above = text.front() == '>';
    const std::vector<std::string> bound_text = split(std::string_view(text).substr(or_equal ? 2 : 1), ' ');
    const std::optional<double> bound = bound_text.size() == 1 ? number_in(bound_text.front()) : std::nullopt;
    if (!bound) {
      refuse("the levels " + quote(text) + " cannot be read", "write `>=6`, `<4` or the names of levels");
      return false;
    }
    bool any = false;
    for (std::size_t level = 0; level < numbers.size(); ++level) {
      const double number = numbers[level];
      const bool meets =
          !is_dead(counted, level) && ((or_equal && number == *bound) || (above ? number > *bound : number < *bound));
      numbers[level] = meets ? 1 : 0;
      any = any || meets;
    }
    if (!any) refuse(fmt::format("no level of {} is {}", counted.attribute->name, text), "choose another bound");
    return any;
  }

  /// An outcome that accrues by itself; none if there is no such outcome.
  std::optional<OutcomeIndex> accruing(const std::string& name) const {
    const auto found = std::ranges::find_if(
        program_->outcomes, [&](const Outcome& outcome) { return outcome.parts.empty() && outcome.name == name; });
    if (found == program_->outcomes.end()) return std::nullopt;
    return OutcomeIndex{static_cast<std::size_t>(found - program_->outcomes.begin())};
  }

  /// Declared models cannot name an outcome with a point.
  void event() {
    std::vector<std::string> known;
    for (const Outcome& outcome : program_->outcomes) {
      for (const char separator : {'.', '_'}) {
        const std::string lead = std::string("reached") + separator;
        if (!outcome.name.starts_with(lead)) continue;
        const std::string name = outcome.name.substr(lead.size());
        const auto reached = accruing(outcome.name),
                   before = accruing(std::string("years") + separator + "before_" + name);
        if (!reached || !before) continue;
        known.push_back(name);
        if (name != measure_.name) continue;
        resolved_.outcome = *reached;
        resolved_.before = *before;
        return;
      }
    }
    refuse(fmt::format("the model has no event {0} (outcomes reached.{1} and years.before_{1})", quote(measure_.name),
                       measure_.name),
           scenario::did_you_mean(measure_.name, known,
                                  known.empty() ? "choose another measure" : "name one of " + scenario::listed(known)));
  }

  const Target& target_;
  const Measure& measure_;
  const PlannedAnalysis& analysis_;
  const Program* program_ = nullptr;
  ResolvedMeasure resolved_;
  Diagnostics found_;
};

}  // namespace

Result<ResolvedMeasure> resolve(const Target& target, const PlannedAnalysis& analysis) {
  return Resolver(target, analysis).resolve();
}

}  // namespace myelin::study
