#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/amounts.hpp"
#include "program/parameters.hpp"
#include "program/program.hpp"
#include "program/timing.hpp"

/// \file
/// What a finished run knows. Arrays are flat and row-major; their shapes stand beside them in brackets.

namespace myelin::results {

/// One outcome of a patient's life: `cost`, `cost.relapse`, `qaly`, `qaly.patient`, `life_years`, `relapses`, ...
struct OutcomeInfo {
  std::string name;
  std::string unit;
  std::string description;
  DiscountedAs discounted_as = DiscountedAs::nothing;  ///< nothing: a count; both columns are then equal
  EventWeight event_weight = EventWeight::cycle;
  std::vector<std::size_t> parts = {};  ///< of a total: the outcomes that it sums; empty for one that accrues
  StateWeight state_weight = StateWeight::whole;

  bool discounted() const { return discounted_as != DiscountedAs::nothing; }
};

/// The two columns of every estimate: with the scenario's discount rates, and with none.
enum Column : std::size_t { discounted_column = 0, undiscounted_column = 1 };
inline constexpr std::size_t column_count = 2;

/// An ordered pair of strategies; increments are `strategy` minus `versus`.
struct StrategyPair {
  std::size_t strategy = 0;
  std::size_t versus = 0;
};

/// Mean number of patients (per patient who started) in each cell at each time, the mean over all parameter draws.
struct TallyResult {
  std::string name;
  std::string description;
  std::string time_axis;                         ///< `start` (once), `time point` (0..cycles) or `cycle` (0..cycles-1)
  std::vector<std::string> attributes;           ///< the axes of a cell, the last running fastest
  std::vector<std::vector<std::string>> levels;  ///< [attribute][level]
  std::size_t times = 0;
  std::size_t cells = 0;
  std::vector<double> per_patient;  ///< [time][cell]
};

struct StrategyResult {
  std::string name;
  std::string label;
  std::string table_digest;            ///< SHA-256 of the compiled tables, hexadecimal
  std::vector<double> mean;            ///< [draw][outcome][column]
  std::vector<double> standard_error;  ///< [draw][outcome][column]; Monte Carlo, 0 under the cohort engine
  std::vector<TallyResult> tallies;
  engine::OutcomeAmounts amounts;   ///< the mean over all parameter draws
  std::uint64_t cohort_states = 0;  ///< number of states the cohort engine held; 0 under the microsimulation
};

/// Paired differences between two strategies on the same patients, the mean over all parameter draws.
struct IncrementResult {
  StrategyPair pair;
  std::vector<double> mean;            ///< [outcome][column]
  std::vector<double> standard_error;  ///< [outcome][column]; Monte Carlo
  double cost_qaly_covariance = 0;     ///< of the two discounted mean increments `cost` and `qaly`, Monte Carlo
};

/// What parameter draws put in the place of the inputs' values.
struct DrawnInputs {
  std::vector<std::string> names;  ///< as InputRecord::path
  std::vector<double> values;      ///< [draw][input], in the units of the inputs
  /// [input]: of the distributions that the draws are from, squared units; none where these could not be had.
  std::vector<double> expectations, variances;
};

/// One analysis: the scenario as written, under the overrides of a named alternative, or over parameter draws.
struct AnalysisResult {
  std::string name;                    ///< `base`, `probabilistic` or the alternative's name
  std::vector<std::string> overrides;  ///< `key=value`, empty for `base`
  std::size_t draws = 1;
  std::uint64_t patients = 0;  ///< a strategy in each draw; 0 under the cohort engine
  DrawnInputs drawn;           ///< nothing unless the analysis is probabilistic
  Timing timing;
  DiscountRate discount_cost = DiscountRate::constant(0), discount_qaly = DiscountRate::constant(0);
  std::vector<OutcomeInfo> outcomes;
  std::vector<StrategyResult> strategies;
  std::vector<IncrementResult> increments;  ///< every pair strategy > versus by index
};

/// Discounted cost (currency) and QALYs a patient with some inputs at other values.
struct CostAndQalys {
  std::vector<double> cost, qaly;  ///< [strategy], as those of the base analysis
};

/// An input that a deterministic sensitivity analysis moves.
struct MovedInput {
  std::string name;  ///< as InputRecord::path
  std::string unit;
  double base = 0;  ///< its value in the base analysis
};

/// A bar of the tornado.
struct OneWayResult {
  struct Range {
    MovedInput input;
    double low = 0, high = 0;
  };
  std::string name;           ///< of the input, or of the joint group whose members move as one
  std::vector<Range> ranges;  ///< inputs that go to their low ends together, and to their high ends
  CostAndQalys at_low, at_high;
};

/// An input that the tornado was asked for and has no bar of.
struct LeftOutInput {
  std::string name;
  std::string reason;  ///< a sentence without a full stop
};

/// Two inputs at every pair of their values.
struct TwoWayResult {
  struct Axis {
    MovedInput input;
    std::vector<double> values;
  };
  std::string name;
  Axis x, y;
  std::vector<CostAndQalys> outcomes;  ///< [x][y]
};

/// Which of two strategies has the higher net monetary benefit.
enum class Better { strategy, versus, neither };

/// Values of an input at which a strategy stops or begins to be better than another.
struct ThresholdResult {
  /// What was found at one willingness to pay.
  struct Crossings {
    double threshold = 0;                  ///< currency per QALY
    std::vector<double> value, tolerance;  ///< rising; each crossing lies at most its tolerance from its value
    std::vector<Better> better;            ///< [crossings + 1]: below the first, between neighbours, above the last
  };
  std::string name;
  MovedInput input;
  std::size_t strategy = 0;
  std::optional<std::size_t> versus;  ///< none: whichever of the others has the highest net monetary benefit
  double low = 0, high = 0;           ///< values searched
  std::uint64_t evaluations = 0;
  std::vector<Crossings> thresholds;
};

/// What the base analysis would give if inputs had other values.
struct SensitivityResult {
  std::string engine;  ///< `microsimulation` or `cohort`, which may be another than the run's
  CostAndQalys base;   ///< by that engine
  std::vector<OneWayResult> one_way;
  std::vector<LeftOutInput> left_out;
  std::vector<TwoWayResult> two_way;
  std::vector<ThresholdResult> threshold;
};

/// A setting of the analysis as it is printed and stored, in order.
struct Setting {
  std::string key;
  std::string value;
  enum class Kind { text, number, integer } kind = Kind::text;
};

/// One input as used, for the list of parameters.
struct InputRecord {
  std::string path;  ///< key, with the row for a table: `utilities.state[edss=3]`
  double value = 0;
  std::string unit;
  Provenance provenance;
};

/// A file that a scenario was read from.
struct ScenarioFile {
  std::string relative_path;  ///< from the folder of the scenario's top file
  std::string text;
};

struct RunResults {
  std::string scenario_path;
  std::vector<ScenarioFile> scenario_files;       ///< the top file first: all that the scenario was read from
  std::vector<std::string> scenario_overrides;    ///< `key=value` of the command line
  std::vector<std::string> strategies_asked_for;  ///< empty for all
  std::string scenario_text;                      ///< with includes resolved
  std::string scenario_sha256;  ///< of that text, the tables it names and the overrides of the command line
  std::string title;
  std::string model;
  std::string engine;          ///< `microsimulation` or `cohort`
  std::uint64_t patients = 0;  ///< 0 under the cohort engine
  std::uint64_t seed = 0;
  double cycle_length_years = 1;
  std::string currency;
  std::string price_year;
  std::vector<double> thresholds;  ///< currency per QALY
  std::vector<Setting> settings;   ///< conventions: discount_timing, within_cycle_correction, accrual, prices,
                                   ///< natural_history, anchor, waning, ...
  std::vector<InputRecord> inputs;
  std::vector<AnalysisResult> analyses;          ///< `base` first
  std::optional<AnalysisResult> probabilistic;   ///< over parameter draws; none for a run at the inputs' values alone
  std::optional<SensitivityResult> sensitivity;  ///< none where the scenario asks for none
};

}  // namespace myelin::results
