#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "program/program.hpp"

/// \file
/// The numbers of the MS model as arrays for a simulation of this one model, patient by patient. They are taken from a
/// compiled program by the names of its steps; a program with a step that has no place here is refused.

namespace myelin::reference {

class ProgramReader;

struct CostQaly {
  double cost = 0;
  double qaly = 0;
};

/// The levels that one outcome of a decision gives to `written` fields of a patient.
template <std::size_t written>
using Given = std::array<std::uint8_t, written>;

/// A decision by chance: outcomes with cumulative probabilities, walked in order.
template <std::size_t written>
struct Choice {
  struct Outcome {
    std::uint32_t below;  ///< cumulative probability of 2^31; of the last outcome `probability_one`
    Given<written> gives;
  };
  std::size_t most = 0;           ///< outcomes that a row has
  std::vector<Outcome> outcomes;  ///< [row][outcome]

  /// A number is drawn only where a row has more than one outcome.
  const Given<written>& draw(std::size_t row, std::mt19937& generator) const {
    const Outcome* outcome = outcomes.data() + row * most;
    if (outcome->below != probability_one) {
      const auto u = static_cast<std::uint32_t>(generator() >> 1);
      while (u >= outcome->below) ++outcome;
    }
    return outcome->gives;
  }
};

/// What the same fields of a patient decide for certain: [row].
template <std::size_t written>
using Rule = std::vector<Given<written>>;

/// Amounts of up to `width` outcomes, which the same fields of a patient choose, side by side; and of those that make
/// up cost and QALYs, their sums.
template <std::size_t width>
struct Amounts {
  std::size_t place = 0;  ///< of the first outcome in the sums of `AllOutcomes`
  std::vector<std::array<double, width>> rows, weights, undiscounted;  ///< [row], [time], [time]
  std::vector<CostQaly> cost_qaly_rows, cost_qaly_weights;             ///< [row], [time]; empty where none counts
};

struct Counts {
  std::size_t place = 0;  ///< of the first cell in the counts of `AllOutcomes`
  std::size_t cells = 0;
};

/// How many levels the fields of a patient have where that differs between programs; 1 where a program lacks a field.
struct LevelCounts {
  std::uint32_t age, line, cycles_on_line, effect, candidate, trigger, jcv, frailty, relapses_so_far, cycles_at_edss,
      own_ratio, relapses;
};
inline constexpr std::uint32_t sexes = 2, edss_levels = 10, phenotypes = 2;

/// A complication of transplantation, which changes nothing but its own count.
struct Complication {
  Choice<1> happens;
  Amounts<1> count;
};

/// A patient's fields as whole numbers: levels of the program's attributes of the same names.
struct MsPatient {
  std::uint32_t sex, age, jcv, frailty_class, frailty;
  std::uint32_t edss, phenotype, vital, line, cycles_on_line, effect;
  std::uint32_t relapses_so_far, cycles_at_edss, cycles_since_transplantation, thyroid, ovarian_failure, sustained;
};

struct MsTables {
  /// Throws std::invalid_argument, with the names, where the program has a step that has no place here, or lacks one
  /// that every program of the model has.
  explicit MsTables(const Program& program);

  std::uint32_t cycles = 0;
  std::vector<std::uint32_t> age_at;  ///< [time]
  LevelCounts levels{};
  MsPatient entrant{};
  bool transplants = false, serious_events = false, relapses_drawn = false, patients_differ = false;

  // Start.
  Choice<1> sex, jcv, start_edss, frailty_class, frailty;
  Rule<1> entry_sustained;         ///< by EDSS
  Amounts<4> referred;             ///< once
  Choice<1> referral;              ///< pathway, by EDSS, phenotype, age
  Rule<3> after_referral;          ///< line, cycles on it, effect, by pathway
  Amounts<4> pathway;              ///< by pathway
  std::uint32_t transplanted = 0;  ///< the pathway that ends in transplantation
  Amounts<4> transplantation;      ///< once
  std::vector<Complication> complications;
  Amounts<1> ovarian_failures;    ///< by age, sex
  Choice<1> ovarian_failure;      ///< by age, sex
  Rule<1> since_transplantation;  ///< as it is done
  Choice<1> procedure_death;      ///< vital, by EDSS
  Amounts<2> procedure_deaths;    ///< by vital

  // Time points.
  Amounts<1> lasting;           ///< by thyroid disease, ovarian failure, age
  Amounts<16> disability;       ///< by phenotype, EDSS, effect
  Amounts<4> before_milestone;  ///< by sustained
  Amounts<8> therapy;           ///< by line, cycles on it
  Amounts<2> work;              ///< by EDSS, age
  Counts by_sustained, by_disability, by_line;

  // Cycles.
  Amounts<8> drug_events;          ///< by line, cycles on it, JC virus
  Amounts<8> late_effects;         ///< by cycles since transplantation, sex, thyroid disease
  Choice<1> thyroid;               ///< by the same
  Choice<1> relapses;              ///< by phenotype, EDSS, effect
  Amounts<8> relapse;              ///< by relapses
  Rule<1> own_ratio;               ///< by class, frailty, relapses so far, cycles at the EDSS
  Amounts<1> activity;             ///< as progression
  Choice<1> death;                 ///< vital, by age, sex, EDSS
  Choice<2> serious_event;         ///< vital, event, by line, cycles on it, JC virus
  Amounts<4> serious_event_costs;  ///< by event, line
  Rule<1> trigger;                 ///< by event, line
  Choice<1> late_death;            ///< vital, by cycles since transplantation, sex
  Rule<1> since_next;              ///< by cycles since transplantation
  Choice<4> progression;       ///< EDSS, phenotype, candidate, converted, by class, own ratio, phenotype, EDSS, effect
  Amounts<1> conversion;       ///< by converted
  Rule<1> relapses_so_far;     ///< by relapses so far, relapses
  Rule<1> cycles_at_edss;      ///< by cycles at the EDSS, EDSS before, EDSS
  Rule<2> sustained;           ///< sustained, step, by sustained, EDSS before, EDSS
  Amounts<4> milestone;        ///< by step
  Choice<4> treatment;         ///< line, cycles on it, effect, arrived, by line, cycles on it, candidate, trigger
  Amounts<4> discontinuation;  ///< by arrived
  Amounts<8> deaths;           ///< by vital
  Counts by_vital;

  std::vector<std::size_t> outcome_at;  ///< [place]: position of the outcome; where none is, their number
  std::size_t cells = 0;                ///< of all counts
  std::vector<Outcome> outcomes;        ///< of the program

 private:
  void read_entry(const ProgramReader& from, const Program& program);
  void read_start(ProgramReader& from);
  void read_transplantation(ProgramReader& from);
  void read_points(ProgramReader& from);
  void read_events(ProgramReader& from);
  void read_course(ProgramReader& from);
};

}  // namespace myelin::reference
