#include "models/markov/unit_check.hpp"

#include <fmt/format.h>

#include <cmath>

#include "models/markov/formula_check.hpp"
#include "program/unit.hpp"

namespace myelin::markov {

namespace {

constexpr double rounding = 1e-6;

class UnitCheck {
 public:
  UnitCheck(const ParameterSet& parameters, const Structure& structure, Diagnostics& found)
      : parameters_(parameters), structure_(structure), found_(found) {
    if (parameters.is_sound("analysis.cycle_length_years")) length_ = parameters.number("analysis.cycle_length_years");
  }

  void transitions() {
    for (const Transition& transition : structure_.transitions) {
      for (const MoveFormula& entry : transition.entries) {
        if (transition.kind == Transition::Kind::rates) {
          rate(entry.formula);
        } else {
          probability(entry.formula);
        }
      }
    }
  }

  void rewards() {
    for (const Reward& reward : structure_.rewards) {
      for (const Formula& formula : reward.per_year) amount(reward, formula, "year");
      for (const Formula& formula : reward.per_cycle) amount(reward, formula, "cycle");
      for (const MoveFormula& entry : reward.on) amount(reward, entry.formula, "");
      if (reward.at_start) amount(reward, *reward.at_start, "");
    }
  }

 private:
  /// The parameter that a formula consists of; null if it is anything else.
  const Parameter* alone(const Formula& formula) const {
    const std::string path = "parameters." + formula.text;
    return parameters_.is_sound(path) ? &parameters_.parameter(path) : nullptr;
  }

  void refuse(const Formula& formula, const Parameter& parameter, const std::string& needed,
              const std::string& remedy) {
    found_.push_back(formula_problem(
        formula, 0, fmt::format("its unit is '{}', but {} is needed here", parameter.unit, needed), remedy));
  }

  void probability(const Formula& formula) {
    const Parameter* parameter = alone(formula);
    if (parameter == nullptr) return;
    const Unit unit = parse_unit(parameter->unit);
    if (unit.quantity == Quantity::rate) {
      return refuse(formula, *parameter, "a probability per cycle",
                    fmt::format("write rate_to_prob({}, cycle_length)", formula.text));
    }
    const bool fits = unit.quantity == Quantity::probability || unit.quantity == Quantity::proportion ||
                      unit.quantity == Quantity::other;
    if (!fits) return refuse(formula, *parameter, "a probability per cycle", "give a probability");
    const auto years = years_of_period(unit.period);
    if (unit.quantity == Quantity::probability && years && length_ > 0 && std::abs(*years - length_) > rounding) {
      refuse(formula, *parameter, fmt::format("a probability per cycle, which lasts {:g} years,", length_),
             fmt::format("write prob_to_prob({}, {}, cycle_length); or give rates, where several moves compete",
                         formula.text, unit.period == "month" ? "1/12" : fmt::format("{:.6g}", *years)));
    }
  }

  void rate(const Formula& formula) {
    const Parameter* parameter = alone(formula);
    if (parameter == nullptr) return;
    const Unit unit = parse_unit(parameter->unit);
    const bool fits = unit.quantity == Quantity::other || (unit.quantity == Quantity::rate && unit.period == "year");
    if (!fits)
      refuse(formula, *parameter, "a rate per year",
             "convert it: prob_to_rate(probability, years), or 12 times a rate per month");
  }

  void amount(const Reward& reward, const Formula& formula, const std::string& period) {
    const Parameter* parameter = alone(formula);
    const bool cost = reward.outcome == "cost", health = reward.outcome == "qaly";
    if (parameter == nullptr || !(cost || health)) return;
    const Unit unit = parse_unit(parameter->unit);
    const bool fits = unit.quantity == Quantity::other || (cost && unit.quantity == Quantity::money) ||
                      (health && (unit.quantity == Quantity::utility || unit.quantity == Quantity::qaly ||
                                  unit.quantity == Quantity::years));
    if (!fits)
      return refuse(formula, *parameter, cost ? "money" : "a utility or QALYs",
                    cost ? "give an amount of money" : "give a utility or QALYs");
    const auto years = unit.period == "cycle" ? std::optional(length_) : years_of_period(unit.period);
    const double wanted = period == "year" ? 1 : period == "cycle" ? length_ : 0;
    const bool utility_a_year =
        unit.quantity == Quantity::utility && period == "cycle" && std::abs(length_ - 1) > rounding;
    const bool other_period = years && wanted > 0 && std::abs(*years - wanted) > rounding;
    if (other_period || utility_a_year) {
      refuse(formula, *parameter, fmt::format("an amount per {}", period),
             period == "year" && unit.period == "cycle" ? "give it under per_cycle"
             : period == "year"                         ? "give it by the year"
                                                        : "give it under per_year");
    } else if (unit.period == "cycle" && period.empty()) {
      refuse(formula, *parameter, "an amount at once", "give it under per_cycle, or as an amount for each event");
    } else if (years && period.empty()) {
      refuse(formula, *parameter, "an amount at once", "give it under per_year, or as an amount for each event");
    }
  }

  const ParameterSet& parameters_;
  const Structure& structure_;
  Diagnostics& found_;
  double length_ = 0;
};

}  // namespace

void check_units(const ParameterSet& parameters, const Structure& structure, Diagnostics& found) {
  UnitCheck check(parameters, structure, found);
  check.transitions();
  check.rewards();
}

}  // namespace myelin::markov
