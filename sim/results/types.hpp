#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

/// Mean number of patients (per patient who started) in each cell at each time.
struct TallyResult {
  std::string name;
  std::string description;
  std::string time_axis;                         ///< `start` (once), `time point` (0..cycles) or `cycle` (0..cycles-1)
  std::vector<std::string> attributes;           ///< the axes of a cell, the last running fastest
  std::vector<std::vector<std::string>> levels;  ///< [attribute][level]
  std::size_t times = 0;
  std::size_t cells = 0;
  std::vector<double> per_patient;  ///< [draw][time][cell]
};

/// Expected amounts of one outcome a patient by the time at which they accrue, without weight and discount: the means
/// are their sums times the weights of the analysis' timing.
struct AmountsResult {
  std::vector<double> start;  ///< [draw]: once, before time point 0
  std::vector<double> point;  ///< [draw][time point 0..cycles]: of those alive then
  std::vector<double> event;  ///< [draw][cycle]: of what happens in a cycle
};

struct StrategyResult {
  std::string name;
  std::string label;
  std::string table_digest;            ///< SHA-256 of the compiled tables, hexadecimal
  std::vector<double> mean;            ///< [draw][outcome][column]
  std::vector<double> standard_error;  ///< [draw][outcome][column]; Monte Carlo, 0 under the cohort engine
  std::vector<TallyResult> tallies;
  std::vector<std::optional<AmountsResult>> amounts;  ///< [outcome]; none for a total, and where not known
  std::uint64_t cohort_states = 0;  ///< number of states the cohort engine held; 0 under the microsimulation
};

/// Paired differences between two strategies on the same patients.
struct IncrementResult {
  StrategyPair pair;
  std::vector<double> mean;            ///< [draw][outcome][column]
  std::vector<double> standard_error;  ///< [draw][outcome][column]
  std::vector<double>
      cost_qaly_covariance;  ///< [draw]: covariance of the two discounted mean increments `cost` and `qaly`
};

/// One analysis: the scenario as written, or under the overrides of a named alternative.
struct AnalysisResult {
  std::string name;                    ///< `base` or the alternative's name
  std::vector<std::string> overrides;  ///< `key=value`, empty for `base`
  std::size_t draws = 1;
  Timing timing;
  DiscountRate discount_cost = DiscountRate::constant(0), discount_qaly = DiscountRate::constant(0);
  std::vector<OutcomeInfo> outcomes;
  std::vector<StrategyResult> strategies;
  std::vector<IncrementResult> increments;  ///< every pair strategy > versus by index
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

struct RunResults {
  std::string scenario_path;
  std::string scenario_text;    ///< with includes resolved
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
  std::vector<AnalysisResult> analyses;  ///< `base` first
};

}  // namespace myelin::results
